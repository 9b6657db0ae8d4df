package io.prism.streams.outbox;

import io.micrometer.core.instrument.Counter;
import io.prism.core.database.Databases;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Removes published rows of one database's tables after their retention, in small transactions that
 * wait for nobody: as many rows as come go, and the table stays as large as it is. One process at a
 * time does it for a table. Rows that cannot be relayed stay until somebody mends or removes them.
 */
final class Retention implements Loop.Work {
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final int BATCH = 1_000;

    /** Then the other tables have their turn. */
    private static final int BATCHES = 50;

    private final String database;
    private final Databases databases;
    private final Supplier<Map<String, WatchedTable>> tables;
    private final Counter removed;

    Retention(
            String database,
            Databases databases,
            Supplier<Map<String, WatchedTable>> tables,
            Counter removed) {
        this.database = database;
        this.databases = databases;
        this.tables = tables;
        this.removed = removed;
    }

    @Override
    public Duration step() {
        boolean more = false;
        for (WatchedTable table : tables.get().values()) {
            more |= clean(table);
        }
        return more ? Duration.ZERO : PAUSE;
    }

    /** True if there is more to remove. */
    private boolean clean(WatchedTable watched) {
        TableRows table = new TableRows(watched.table());
        String lock = "prism.outbox.retention/" + watched.table().label();
        try (Connection connection = databases.connect(database)) {
            if (!Locks.tryTake(connection, lock)) {
                return false;
            }
            try {
                for (int batch = 0; batch < BATCHES; batch++) {
                    int gone = table.remove(connection, watched.retention(), BATCH);
                    removed.increment(gone);
                    if (gone < BATCH) {
                        return false;
                    }
                }
                return true;
            } finally {
                Locks.giveBack(connection, lock);
            }
        } catch (SQLException e) {
            PrismException failure =
                    SqlErrors.of(e, "removing published rows of " + watched.table().label());
            if (failure.code() == ErrorCode.TABLE_UNKNOWN) {
                return false; // it is made with its first use
            }
            throw failure;
        }
    }
}
