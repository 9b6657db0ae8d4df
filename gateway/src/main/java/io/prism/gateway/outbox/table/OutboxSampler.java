package io.prism.gateway.outbox.table;

import io.prism.core.database.Databases;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the database from time to time how many rows of a table wait, and since when. Thread-safe.
 */
final class OutboxSampler {
    private static final Logger log = LoggerFactory.getLogger(OutboxSampler.class);

    /** Counting what waits takes at most this part of the time, however much it is. */
    private static final int SHARE = 20;

    private static final String QUESTION =
            """
            SELECT namespace, count(*),
                greatest(0, extract(epoch FROM clock_timestamp() - min(created_at)))
            FROM {table} WHERE published_at IS NULL AND error IS NULL GROUP BY namespace\
            """;

    private final Databases databases;
    private final String database;
    private final OutboxTable table;
    private final long interval;
    private final Supplier<Map<String, OutboxMetrics>> namespaces;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile long due;
    private volatile String problem = "";

    private record Waiting(long rows, double oldestSeconds) {
        static final Waiting NONE = new Waiting(0, 0);

        Waiting and(Waiting other) {
            return new Waiting(rows + other.rows, Math.max(oldestSeconds, other.oldestSeconds));
        }
    }

    /**
     * @param namespaces those that write to the table here, by name
     */
    OutboxSampler(
            Databases databases,
            String database,
            OutboxTable table,
            Duration interval,
            Supplier<Map<String, OutboxMetrics>> namespaces) {
        this.databases = databases;
        this.database = database;
        this.table = table;
        this.interval = interval.toNanos();
        this.namespaces = namespaces;
        this.due = System.nanoTime();
    }

    /** Asks if it is time to; blocks then. */
    void maybe() {
        if (System.nanoTime() - due >= 0 && asking.compareAndSet(false, true)) {
            long started = System.nanoTime();
            boolean away = false;
            try {
                away = !sample();
            } finally {
                long now = System.nanoTime();
                long rest = away ? 0 : SHARE * (now - started); // it had no work of it
                due = now + Math.max(interval, rest);
                asking.set(false);
            }
        }
    }

    /** What was wrong when the database was last asked; empty if nothing was. */
    String problem() {
        return problem;
    }

    /** False if the database is not there. */
    private boolean sample() {
        try {
            Map<String, Waiting> waiting = ask();
            Map<String, OutboxMetrics> members = namespaces.get();
            members.forEach(
                    (name, metrics) -> {
                        Waiting own = waiting.getOrDefault(name, Waiting.NONE);
                        // Rows that name none are the only namespace's.
                        Waiting all =
                                members.size() == 1
                                        ? own.and(waiting.getOrDefault("", Waiting.NONE))
                                        : own;
                        metrics.sampled((double) all.rows(), all.oldestSeconds());
                    });
            problem = "";
            return true;
        } catch (PrismException e) {
            namespaces.get().values().forEach(m -> m.sampled(Double.NaN, Double.NaN));
            problem = String.valueOf(e.getMessage());
            log.atDebug().setMessage("an outbox cannot be counted").setCause(e).log();
            return e.code() != ErrorCode.DATABASE_UNAVAILABLE;
        }
    }

    private Map<String, Waiting> ask() {
        try (Connection connection = databases.connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(QUESTION.replace("{table}", table.quoted()))) {
            Map<String, Waiting> waiting = new HashMap<>();
            while (rows.next()) {
                String namespace = rows.getString(1);
                waiting.put(
                        namespace == null ? "" : namespace,
                        new Waiting(rows.getLong(2), rows.getDouble(3)));
            }
            return waiting;
        } catch (SQLException e) {
            throw SqlErrors.of(e, "counting rows of " + table.label());
        }
    }
}
