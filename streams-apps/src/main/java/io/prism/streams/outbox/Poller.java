package io.prism.streams.outbox;

import io.micrometer.core.instrument.Counter;
import io.prism.core.database.DatabaseConfig;
import io.prism.core.database.Databases;
import io.prism.core.database.Sql;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxRow;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks one table for rows that are not published and sends them to the relay, for databases whose
 * write-ahead log cannot be read. What is asked for is what has no stamp, not what comes after the
 * last row seen: a row that commits late is found like any other. Rows come in the order of their
 * insertion, and those of a transaction that commits late after those that were found before.
 *
 * <p>One process at a time polls a table: whoever holds a lock in a session of its own; the others
 * stand by and take over when that session ends. A row that was sent is not sent again before it is
 * certain that relay and stamper have passed it; a row sent twice is known to the relay.
 */
final class Poller implements Loop.Work {
    private static final Duration STAND_BY = Duration.ofSeconds(1);
    private static final Duration LOST = Duration.ofSeconds(30);
    private static final Duration PRUNE = Duration.ofMillis(200);
    private static final int LEAST_SENT = 1_000;
    private static final int BATCHES_SENT = 20;

    private final String database;
    private final Databases databases;
    private final Supplier<WatchedTable> watched;
    private final Supplier<RowSender> senders;
    private final RelayProgress progress;
    private final Counter resent;

    private final Set<UUID> sent = new LinkedHashSet<>();
    private @Nullable Connection session;
    private @Nullable RowSender sender;
    private RelayProgress.@Nullable Mark mark;
    private Set<UUID> sentAtMark = Set.of();
    private long marked;
    private long pruned;

    /**
     * @param watched the table as it is to be polled now
     * @param senders makes the sender of this table, whose name is the same in every process
     */
    Poller(
            String database,
            Databases databases,
            Supplier<WatchedTable> watched,
            Supplier<RowSender> senders,
            RelayProgress progress,
            Counter resent) {
        this.database = database;
        this.databases = databases;
        this.watched = watched;
        this.senders = senders;
        this.progress = progress;
        this.resent = resent;
    }

    @Override
    public Duration step() {
        WatchedTable now = watched.get();
        try {
            return step(now);
        } catch (SQLException e) {
            PrismException failure =
                    SqlErrors.of(e, "polling " + database + "/" + now.table().label());
            if (failure.code() == ErrorCode.TABLE_UNKNOWN) {
                release();
                return STAND_BY; // it is made with its first use
            }
            throw failure;
        }
    }

    private Duration step(WatchedTable now) throws SQLException {
        Connection connection = session();
        RowSender sending = sender;
        if (sending == null) {
            if (!Locks.tryTake(connection, "prism.outbox.polling/" + now.table().label())) {
                return STAND_BY;
            }
            sending = senders.get(); // from now on nobody before us sends
            sender = sending;
            mark = progress.mark();
        }
        if (mark != null && !settle()) {
            if (sent.isEmpty()) {
                return PRUNE; // first whatever somebody else has sent
            }
        }
        TableRows table = new TableRows(now.table());
        prune(connection, table);
        int room = Math.max(LEAST_SENT, BATCHES_SENT * now.batchSize()) - sent.size();
        if (room <= 0) {
            return now.interval();
        }
        int limit = Math.min(room, now.batchSize());
        List<OutboxRow> rows = table.open(connection, sent, limit);
        send(connection, table, rows, sending);
        return rows.size() < limit ? now.interval() : Duration.ZERO;
    }

    private void send(
            Connection connection, TableRows table, List<OutboxRow> rows, RowSender sending)
            throws SQLException {
        List<OutboxRow> relayable = new ArrayList<>();
        Map<UUID, String> dead = new HashMap<>();
        for (OutboxRow row : rows) {
            String problem = TableRows.tooLarge(row);
            if (problem.isEmpty()) {
                relayable.add(row);
            } else {
                dead.put(row.id(), problem);
            }
        }
        if (!dead.isEmpty()) {
            int unused = table.mark(connection, dead);
        }
        if (!relayable.isEmpty()) {
            sending.send(relayable);
            relayable.forEach(row -> sent.add(row.id()));
            resent.increment(relayable.size());
        }
    }

    /** What has a stamp need not be remembered. What has none after long is looked into. */
    private void prune(Connection connection, TableRows table) throws SQLException {
        long now = System.nanoTime();
        if (sent.isEmpty()) {
            marked = now;
            return;
        }
        if (now - pruned >= PRUNE.toNanos()) {
            pruned = now;
            sent.retainAll(table.stillOpen(connection, sent));
        }
        if (mark == null && now - marked >= LOST.toNanos()) {
            mark = progress.mark();
            sentAtMark = new HashSet<>(sent);
            marked = now;
        }
    }

    /** True if everything before the mark is done with; rows that have no stamp then go again. */
    private boolean settle() {
        RelayProgress.Mark waitedFor = mark;
        if (waitedFor == null || !waitedFor.passed()) {
            return false;
        }
        mark = null;
        sent.removeAll(sentAtMark);
        sentAtMark = Set.of();
        return true;
    }

    private Connection session() throws SQLException {
        Connection open = session;
        if (open == null) {
            databases.connect(database).close(); // an embedded one is made here
            DatabaseConfig.Server server = databases.server(database);
            Properties properties = new Properties();
            properties.setProperty("user", server.user());
            properties.setProperty("password", server.password());
            properties.setProperty("ApplicationName", "prism-poller");
            properties.setProperty("tcpKeepAlive", "true");
            properties.setProperty("connectTimeout", "5");
            properties.setProperty("socketTimeout", "30");
            open = DriverManager.getConnection("jdbc:" + server.url(), properties);
            session = open;
            // The lock is free for others soon after this machine has gone, not after hours.
            Sql.run(open, "SET tcp_keepalives_idle = 10");
            Sql.run(open, "SET tcp_keepalives_interval = 5");
            Sql.run(open, "SET tcp_keepalives_count = 3");
        }
        return open;
    }

    @Override
    public void release() {
        RowSender sending = sender;
        Connection open = session;
        sender = null;
        session = null;
        mark = null;
        sent.clear();
        sentAtMark = Set.of();
        try {
            if (sending != null) {
                sending.close();
            }
        } finally {
            if (open != null) {
                close(open);
            }
        }
    }

    private void close(Connection open) {
        try {
            open.close();
        } catch (SQLException e) {
            throw SqlErrors.of(e, "closing the session that polls " + database);
        }
    }
}
