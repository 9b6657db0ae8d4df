package io.prism.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Inserts rows into one table, each in a transaction of its own, over so many connections with a
 * thread each. One for each round; used by one thread.
 */
public final class SqlLoad implements AutoCloseable {
    private static final long GLANCE_MILLIS = 200;

    private final BlockingQueue<Row> rows;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();
    private final Duration patience;
    private volatile boolean closing;

    private record Row(byte[] payload, long due, Outstanding outstanding, Meter meter) {}

    /** Opens a connection. */
    @FunctionalInterface
    public interface Opening {
        Connection open() throws SQLException;
    }

    /**
     * @param insert takes a UUID and the payload
     * @param most rows without an answer; beyond it the generator waits
     * @param patience how long the last answers may take after a load has ended
     */
    public SqlLoad(Opening opening, int count, String insert, int most, Duration patience)
            throws SQLException {
        this.patience = patience;
        this.rows = new ArrayBlockingQueue<>(most);
        try {
            for (int i = 0; i < count; i++) {
                Connection connection = opening.open();
                connections.add(connection);
                PreparedStatement statement = connection.prepareStatement(insert);
                threads.add(
                        Thread.ofPlatform().name("bench-sql-" + i).start(() -> work(statement)));
            }
        } catch (SQLException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void work(PreparedStatement statement) {
        try {
            while (!closing) {
                @Nullable Row row = rows.poll(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
                if (row != null) {
                    insert(statement, row);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void insert(PreparedStatement statement, Row row) {
        try {
            statement.setObject(1, UUID.randomUUID());
            statement.setBytes(2, row.payload());
            statement.executeUpdate();
            row.meter().acknowledged(System.nanoTime() - row.due());
        } catch (SQLException e) {
            row.meter().failed(String.valueOf(e.getMessage()));
        } finally {
            row.outstanding().end();
        }
    }

    /**
     * Inserts at a fixed rate; latencies count from when a row was due.
     *
     * @return nanoseconds from the first row until everything was answered
     */
    public long openLoop(
            int ratePerSecond,
            int most,
            KafkaLoad.PayloadOf payloads,
            Duration duration,
            Meter meter)
            throws InterruptedException {
        Outstanding outstanding = new Outstanding(most);
        long start = System.nanoTime();
        long _ =
                new OpenLoop()
                        .run(
                                ratePerSecond,
                                duration,
                                (index, due) -> {
                                    outstanding.begin();
                                    rows.put(
                                            new Row(
                                                    payloads.payload(index, due),
                                                    due,
                                                    outstanding,
                                                    meter));
                                });
        outstanding.drain(patience, meter);
        return System.nanoTime() - start;
    }

    @Override
    public void close() {
        closing = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        for (Connection connection : connections) {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException("a connection does not close", e);
            }
        }
    }
}
