package io.prism.gateway.outbox.table;

import io.prism.core.database.Databases;
import io.prism.core.database.SqlErrors;
import io.prism.core.database.TransactionIds;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTable;
import io.prism.gateway.sweep.OtherReferences;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The claims of an outbox table's rows, published or not: a row is removed long after its record is
 * in the log.
 */
final class RowReferences implements OtherReferences {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int PAGE = 10_000;
    private static final int ANSWER_MILLIS = 600_000;

    private final Databases databases;
    private final String database;
    private final OutboxTable table;

    RowReferences(Databases databases, String database, OutboxTable table) {
        this.databases = databases;
        this.database = database;
        this.table = table;
    }

    @Override
    public void read(Consumer<UUID> referenced) {
        try (Connection connection = databases.connect(database)) {
            awaitTransactions(connection);
            connection.setAutoCommit(false);
            connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
            try (Statement statement = connection.createStatement()) {
                // A table is read to its end, however long that takes.
                statement.execute("SET LOCAL statement_timeout = 0");
                statement.setFetchSize(PAGE);
                try (ResultSet rows =
                        statement.executeQuery(
                                "SELECT claim_check_id FROM "
                                        + table.quoted()
                                        + " WHERE claim_check_id IS NOT NULL")) {
                    while (rows.next()) {
                        referenced.accept(rows.getObject(1, UUID.class));
                    }
                }
            }
            connection.commit();
        } catch (SQLException e) {
            throw SqlErrors.of(e, "nothing was deleted: reading claims of " + table.label());
        }
    }

    /** A row of a transaction under way cannot be seen; what comes later has claims of its own. */
    private void awaitTransactions(Connection connection) throws SQLException {
        long next = Ids.of(connection).next();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (Ids.of(connection).oldest() < next) {
            if (System.nanoTime() - deadline > 0) {
                throw new PrismException(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "nothing was deleted: a transaction on the server of database "
                                + database
                                + " has been writing for more than "
                                + PATIENCE.toSeconds()
                                + " s, and what it may insert into "
                                + table.label()
                                + " cannot be seen; sweep again when it has ended");
            }
            LockSupport.parkNanos(LOOK.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new PrismException(ErrorCode.CANCELLED, "the sweep was interrupted");
            }
        }
    }

    /** The oldest transaction under way, and the next one. */
    private record Ids(long oldest, long next) {
        static Ids of(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT " + TransactionIds.COLUMNS)) {
                boolean unused = row.next();
                long oldest = row.getLong(1);
                return new Ids(oldest, TransactionIds.next(oldest, row.getInt(2)));
            }
        }
    }
}
