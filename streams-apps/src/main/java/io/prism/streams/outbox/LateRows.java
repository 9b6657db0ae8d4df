package io.prism.streams.outbox;

import io.micrometer.core.instrument.Counter;
import io.prism.core.database.Databases;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.outbox.Replication;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A safety net under the write-ahead log: rows that it did not bring, because its slot was lost,
 * are read from their table and sent to the relay, in the order of their insertion.
 *
 * <p>Commit order is the log's to give, so this waits until the log can bring a row no more: the
 * row has been open for long; the slot is gone, or its reader has confirmed everything up to a
 * place behind the row's commit; and relay and stamper have passed everything that came in until
 * then. A connector that is merely down has confirmed nothing, and its rows are left to it.
 */
final class LateRows implements Loop.Work {
    private static final Logger log = LoggerFactory.getLogger(LateRows.class);

    /** How long a row must have been seen open. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** Younger rows are not looked at: nearly all have their stamp by then. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    private static final int LIMIT = 1_000;

    private final String database;
    private final Databases databases;
    private final Supplier<Map<String, WatchedTable>> tables;
    private final Supplier<RowSender> senders;
    private final RelayProgress progress;
    private final Duration patience;
    private final Counter resent;
    private final Map<String, Suspects> suspects = new HashMap<>();

    /**
     * Rows of one table that may be late.
     *
     * @param lsn behind their commits
     * @param seen in nanoseconds from any fixed moment
     * @param mark set once the log cannot bring them any more
     */
    private record Suspects(
            Set<UUID> ids, String lsn, long seen, RelayProgress.@Nullable Mark mark) {}

    LateRows(
            String database,
            Databases databases,
            Supplier<Map<String, WatchedTable>> tables,
            Supplier<RowSender> senders,
            RelayProgress progress,
            Duration patience,
            Counter resent) {
        this.database = database;
        this.databases = databases;
        this.tables = tables;
        this.senders = senders;
        this.progress = progress;
        this.patience = patience;
        this.resent = resent;
    }

    @Override
    public Duration step() {
        for (WatchedTable watched : tables.get().values()) {
            if (!watched.polled()) {
                look(watched);
            }
        }
        return patience.compareTo(PAUSE) < 0 ? patience : PAUSE;
    }

    private void look(WatchedTable watched) {
        String label = watched.table().label();
        try (Connection connection = databases.connect(database)) {
            TableRows table = new TableRows(watched.table());
            Suspects known = suspects.get(label);
            if (known == null) {
                Set<UUID> open = table.openFor(connection, FRESH, LIMIT);
                if (!open.isEmpty()) {
                    suspects.put(
                            label, new Suspects(open, lsn(connection), System.nanoTime(), null));
                }
            } else if (known.mark() == null) {
                if (System.nanoTime() - known.seen() >= patience.toNanos()
                        && logIsPast(connection, known.lsn())) {
                    suspects.put(
                            label,
                            new Suspects(known.ids(), known.lsn(), known.seen(), progress.mark()));
                }
            } else if (known.mark().passed()) {
                suspects.remove(label);
                send(connection, table, known.ids());
            }
        } catch (SQLException e) {
            PrismException failure =
                    SqlErrors.of(e, "looking for late rows in " + database + "/" + label);
            if (failure.code() != ErrorCode.TABLE_UNKNOWN) {
                throw failure;
            }
        }
    }

    private static String lsn(Connection connection) throws SQLException {
        try (PreparedStatement query =
                        connection.prepareStatement("SELECT pg_current_wal_insert_lsn()::text");
                ResultSet answer = query.executeQuery()) {
            answer.next();
            return answer.getString(1);
        }
    }

    /** Whether the slot will bring nothing from before that place. */
    private boolean logIsPast(Connection connection, String lsn) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT wal_status = 'lost' OR confirmed_flush_lsn >= ?::pg_lsn"
                                + " FROM pg_replication_slots WHERE slot_name = ?")) {
            query.setString(1, lsn);
            query.setString(2, Replication.slot(database));
            try (ResultSet slot = query.executeQuery()) {
                return !slot.next() || slot.getBoolean(1);
            }
        }
    }

    private void send(Connection connection, TableRows table, Set<UUID> ids) throws SQLException {
        String lock = "prism.outbox.late/" + table.table().label();
        if (!Locks.tryTake(connection, lock)) {
            return;
        }
        try (RowSender sender = senders.get()) {
            List<OutboxRow> rows = table.open(connection, ids);
            Map<UUID, String> dead = new HashMap<>();
            rows.stream()
                    .filter(row -> !TableRows.tooLarge(row).isEmpty())
                    .forEach(row -> dead.put(row.id(), TableRows.tooLarge(row)));
            if (!dead.isEmpty()) {
                int unused = table.mark(connection, dead);
            }
            List<OutboxRow> relayable =
                    rows.stream().filter(row -> !dead.containsKey(row.id())).toList();
            if (!relayable.isEmpty()) {
                sender.send(relayable);
                resent.increment(relayable.size());
                log.atWarn()
                        .setMessage("rows that the write-ahead log did not bring are sent again")
                        .addKeyValue("database", database)
                        .addKeyValue("table", table.table().label())
                        .addKeyValue("rows", relayable.size())
                        .log();
            }
        } finally {
            Locks.giveBack(connection, lock);
        }
    }

    @Override
    public void release() {
        suspects.clear();
    }
}
