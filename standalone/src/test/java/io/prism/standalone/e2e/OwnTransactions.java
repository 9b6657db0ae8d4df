package io.prism.standalone.e2e;

import com.google.protobuf.ByteString;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An application with SQL of its own: transaction after transaction of one to three rows, some of
 * them rolled back. Each row's number is its key's next; the counter's lock is held until the end
 * of the transaction, so that numbers of one key are in the order of commits, whoever commits. A
 * commit whose outcome is not known is looked up in the table.
 */
final class OwnTransactions implements Runnable {
    static final String TABLE = "kills_own";
    static final String TOPIC = "orders";
    private static final String COUNTERS = "kills_counters";
    private static final int KEYS = 8;
    private static final int MOST_ROWS = 3;
    private static final int UNDONE_OF = 8;
    private static final int LARGEST = 600;
    private static final int THINKING_MILLIS = 80;
    private static final int OPEN_MILLIS = 25;
    private static final long AGAIN_MILLIS = 100;
    private static final long PATIENCE_SECONDS = 120;

    private final String jdbcUrl;
    private final Random random;
    private final Queue<Row> committed = new ConcurrentLinkedQueue<>();
    private final AtomicInteger undone = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    private final AtomicInteger unknownButThere = new AtomicInteger();
    private volatile boolean stopped;
    private @Nullable Connection connection;

    /** What was inserted. */
    record Row(UUID id, String key, long number, ByteString payload) {}

    OwnTransactions(String jdbcUrl, Random random) {
        this.jdbcUrl = jdbcUrl;
        this.random = random;
    }

    /** Makes the table of counters. */
    static void prepare(SqlLooker sql) {
        sql.run("CREATE TABLE " + COUNTERS + " (key text PRIMARY KEY, number bigint NOT NULL)");
        sql.run(
                "INSERT INTO "
                        + COUNTERS
                        + " SELECT 'key-' || n, 0 FROM generate_series(1, "
                        + KEYS
                        + ") n");
    }

    @Override
    public void run() {
        while (!stopped) {
            transaction();
            SteadyClient.pause(random.nextInt(THINKING_MILLIS));
        }
        close();
    }

    /** It finishes what it is at. */
    void stop() {
        stopped = true;
    }

    /** One of them, for certain. */
    void once() {
        int before = committed.size();
        while (committed.size() == before) {
            transaction();
        }
        close();
    }

    private void transaction() {
        List<Row> rows = new ArrayList<>();
        Connection open = connected();
        try {
            // In one order everywhere, or two would wait for each other.
            List<String> keys =
                    IntStream.rangeClosed(0, random.nextInt(MOST_ROWS))
                            .mapToObj(i -> "key-" + (1 + random.nextInt(KEYS)))
                            .sorted()
                            .toList();
            for (String key : keys) {
                rows.add(insert(open, key, next(open, key)));
            }
            SteadyClient.pause(random.nextInt(OPEN_MILLIS));
            if (random.nextInt(UNDONE_OF) == 0) {
                open.rollback();
                undone.incrementAndGet();
                return;
            }
        } catch (SQLException e) {
            // Nothing of it can have been committed.
            broken.incrementAndGet();
            broken(e);
            return;
        }
        try {
            open.commit();
        } catch (SQLException e) {
            broken(e);
            unknown.incrementAndGet();
            if (!isThere(rows)) {
                return;
            }
            unknownButThere.incrementAndGet();
        }
        committed.addAll(rows);
    }

    private static long next(Connection connection, String key) throws SQLException {
        try (PreparedStatement count =
                connection.prepareStatement(
                        "UPDATE "
                                + COUNTERS
                                + " SET number = number + 1 WHERE key = ? RETURNING number")) {
            count.setString(1, key);
            try (ResultSet number = count.executeQuery()) {
                number.next();
                return number.getLong(1);
            }
        }
    }

    private Row insert(Connection connection, String key, long number) throws SQLException {
        byte[] payload = new byte[random.nextInt(LARGEST)];
        random.nextBytes(payload);
        try (PreparedStatement insert =
                connection.prepareStatement(
                        "INSERT INTO "
                                + TABLE
                                + " (topic, key, payload) VALUES (?, ?, ?) RETURNING id")) {
            insert.setString(1, TOPIC);
            insert.setString(2, key);
            insert.setBytes(3, payload);
            try (ResultSet id = insert.executeQuery()) {
                id.next();
                return new Row(
                        id.getObject(1, UUID.class), key, number, ByteString.copyFrom(payload));
            }
        }
    }

    private boolean isThere(List<Row> rows) {
        while (true) {
            Connection open = connected();
            try (PreparedStatement query =
                    open.prepareStatement(
                            "SELECT count(*) FROM " + TABLE + " WHERE id = ANY (?)")) {
                query.setArray(1, open.createArrayOf("uuid", rows.stream().map(Row::id).toArray()));
                try (ResultSet count = query.executeQuery()) {
                    count.next();
                    int found = count.getInt(1);
                    open.rollback();
                    if (found != 0 && found != rows.size()) {
                        throw new AssertionError(found + " of a transaction are there: " + rows);
                    }
                    return found > 0;
                }
            } catch (SQLException e) {
                broken(e);
            }
        }
    }

    private Connection connected() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (connection == null) {
            try {
                Connection made = DriverManager.getConnection(jdbcUrl);
                made.setAutoCommit(false);
                try (Statement statement = made.createStatement()) {
                    // Not for ever, should a lock's holder be gone and the server not know it.
                    statement.execute("SET SESSION statement_timeout = '60s'");
                }
                made.commit();
                connection = made;
            } catch (SQLException e) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("the database does not come back", e);
                }
                broken(e);
            }
        }
        return connection;
    }

    /** Lets go of the connection, and fails if a kill does not explain what happened to it. */
    private void broken(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        if (!state.startsWith("08") && !state.startsWith("57P")) {
            throw new AssertionError("not a failure that a kill explains: " + state, failure);
        }
        close();
        SteadyClient.pause(AGAIN_MILLIS);
    }

    private void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                System.out.println("a connection was not closed cleanly: " + e.getMessage());
            }
        }
    }

    /** All rows that were committed. */
    Queue<Row> committed() {
        return committed;
    }

    @Override
    public String toString() {
        return "%d rows committed; %d transactions rolled back, %d broken, %d with an unknown outcome of which %d were there"
                .formatted(
                        committed.size(),
                        undone.get(),
                        broken.get(),
                        unknown.get(),
                        unknownButThere.get());
    }
}
