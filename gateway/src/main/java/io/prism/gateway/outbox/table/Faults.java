package io.prism.gateway.outbox.table;

import io.prism.core.database.SqlErrors;
import io.prism.core.error.ErrorCode;
import java.sql.SQLException;
import java.util.Set;

/** Whose fault it is that a batch was not committed. */
enum Faults {
    /** Nobody's in the batch: the same may succeed in a moment. The outcome may be unknown. */
    PASSING,
    /** That of one row or some. */
    ROW,
    /** That of the table, its rights or the connection's settings: no row would succeed. */
    LASTING;

    /**
     * Classes of SQLSTATE that depend on what is inserted: data exceptions, constraints, what a
     * trigger raises, limits, check options of views.
     */
    private static final Set<String> OF_ROWS = Set.of("22", "23", "P0", "54", "44");

    static Faults of(SQLException failure) {
        ErrorCode code = SqlErrors.code(failure);
        if (passing(code)) {
            return PASSING;
        }
        String state = failure.getSQLState();
        return state != null && state.length() == 5 && OF_ROWS.contains(state.substring(0, 2))
                ? ROW
                : LASTING;
    }

    static boolean passing(ErrorCode code) {
        return code == ErrorCode.DATABASE_UNAVAILABLE
                || code == ErrorCode.TRANSACTION_CONFLICT
                || code == ErrorCode.TRANSACTION_TIMEOUT;
    }
}
