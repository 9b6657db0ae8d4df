package io.prism.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Changes rows of a table with plain SQL, one transaction each at a steady rate, and lets a witness
 * say when each change is known; latencies count from when {@code COMMIT} returned. Every second
 * change is of a row of its own, the others are of a few rows again and again. Used by one thread.
 */
public final class ChangeLoad implements AutoCloseable {
    private static final int OFTEN_CHANGED = 10;

    private final Connection connection;
    private final PreparedStatement update;
    private final Witness witness;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Long, Long> versions = new HashMap<>();
    private final Map<Long, Future<?>> watched = new HashMap<>();

    /** Sees rows. Methods block, are called by several threads, and throw what went wrong. */
    public interface Witness {
        /**
         * Returns when the next change to the row can be measured.
         *
         * @param version that the row has, and that has been seen
         */
        void ready(long id, long version) throws Exception;

        /**
         * Returns when the row is known to have this version, after the one before.
         *
         * @return when that was, in {@link System#nanoTime()}
         */
        long known(long id, long version) throws Exception;
    }

    /**
     * @param connection this object's own from now on
     * @param update takes a version and an id
     */
    public ChangeLoad(Connection connection, String update, Witness witness) throws SQLException {
        this.connection = connection;
        this.witness = witness;
        try {
            connection.setAutoCommit(false);
            this.update = connection.prepareStatement(update);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** How many rows, with ids from 1 and all of version 0, so many changes are made to. */
    public static int rows(int changes) {
        return OFTEN_CHANGED + Math.ceilDiv(changes, 2);
    }

    private static long row(long index) {
        long half = index / 2;
        return 1 + (index % 2 == 0 ? OFTEN_CHANGED + half : half % OFTEN_CHANGED);
    }

    /** Makes one change and waits until it is known; counted in the meter. */
    public void prime(Meter meter) throws InterruptedException {
        change(row(0), meter);
        await(row(0));
    }

    /**
     * Makes so many changes and waits until the last one is known; ends with the first that failed.
     * Each is counted in the meter. A row whose change before is not known yet is not changed again
     * before it is; that slows the load down, and nothing is caught up with afterwards.
     */
    public void run(int changes, int ratePerSecond, Meter meter) throws InterruptedException {
        long step = TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
        long due = System.nanoTime();
        for (int i = 0; i < changes && meter.failedCount() == 0; i++) {
            await(row(i));
            due = Math.max(due + step, System.nanoTime());
            TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
            change(row(i), meter);
        }
        for (long id : watched.keySet()) {
            await(id);
        }
    }

    private void await(long id) throws InterruptedException {
        Future<?> before = watched.get(id);
        if (before != null) {
            try {
                before.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    private void change(long id, Meter meter) throws InterruptedException {
        long version = versions.getOrDefault(id, 0L);
        try {
            witness.ready(id, version);
            commit(id, version + 1);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            meter.failed(Refusals.of(e));
            return;
        }
        long committed = System.nanoTime();
        versions.put(id, version + 1);
        watched.put(id, threads.submit(() -> watch(id, version + 1, committed, meter)));
    }

    private void commit(long id, long version) throws SQLException {
        try {
            update.setLong(1, version);
            update.setLong(2, id);
            int updated = update.executeUpdate();
            connection.commit();
            if (updated != 1) {
                throw new SQLException("there is no row " + id);
            }
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        }
    }

    private void watch(long id, long version, long committed, Meter meter) {
        try {
            long known = witness.known(id, version);
            witness.ready(id, version);
            meter.acknowledged(known - committed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            meter.failed(Refusals.of(e));
        }
    }

    /** Row to version, of the rows that were changed. */
    public Map<Long, Long> versions() {
        return Map.copyOf(versions);
    }

    /** Waits for what is under way. */
    @Override
    public void close() throws SQLException {
        threads.close();
        connection.close();
    }
}
