package io.prism.core.database;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What PostgreSQL says, as typed errors. The classes of SQLSTATE are in PostgreSQL's manual,
 * appendix A.
 */
public final class SqlErrors {
    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String DEADLOCK = "40P01";
    private static final String QUERY_CANCELED = "57014";
    private static final String IDLE_TIMEOUT = "25P03";
    private static final String TRANSACTION_TIMEOUT = "25P04";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String UNDEFINED_TABLE = "42P01";
    private static final String UNDEFINED_COLUMN = "42703";

    private SqlErrors() {}

    /**
     * @param doing what was being done, to begin the message with: {@code "inserting into
     *     public.outbox"}
     */
    public static PrismException of(SQLException thrown, String doing) {
        SQLException failure = rooted(thrown);
        return new PrismException(code(failure), doing + " failed: " + words(failure), thrown);
    }

    /** The code a failure stands for. */
    public static ErrorCode code(SQLException thrown) {
        SQLException failure = rooted(thrown);
        String state = failure.getSQLState();
        if (failure instanceof SQLTransientConnectionException || state == null) {
            return ErrorCode.DATABASE_UNAVAILABLE;
        }
        return switch (state) {
            case SERIALIZATION_FAILURE, DEADLOCK, LOCK_NOT_AVAILABLE ->
                    ErrorCode.TRANSACTION_CONFLICT;
            case QUERY_CANCELED, IDLE_TIMEOUT, TRANSACTION_TIMEOUT -> ErrorCode.TRANSACTION_TIMEOUT;
            case UNDEFINED_TABLE -> ErrorCode.TABLE_UNKNOWN;
            case UNDEFINED_COLUMN -> ErrorCode.COLUMN_UNKNOWN;
            default ->
                    switch (state.substring(0, Math.min(2, state.length()))) {
                        case "08", "53", "57", "58", "XX" -> ErrorCode.DATABASE_UNAVAILABLE;
                        case "22" -> ErrorCode.VALUE_INVALID;
                        case "23" -> ErrorCode.CONSTRAINT_VIOLATED;
                        default -> ErrorCode.DATABASE_REFUSED;
                    };
        };
    }

    /** A pool that has no connection to give says why in its cause, if a server said anything. */
    private static SQLException rooted(SQLException thrown) {
        return thrown instanceof SQLTransientConnectionException
                        && thrown.getCause() instanceof SQLException cause
                ? cause
                : thrown;
    }

    /** The server's own sentence; the driver's may quote values, which are nobody's business. */
    private static @Nullable String words(SQLException failure) {
        if (failure instanceof PSQLException pg) {
            ServerErrorMessage server = pg.getServerErrorMessage();
            if (server != null) {
                return server.getMessage();
            }
        }
        return failure.getMessage();
    }
}
