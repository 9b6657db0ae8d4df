package io.prism.gateway.transact;

import io.prism.core.database.Databases;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.v1.IsolationLevel;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Transactions on connections of a pool, as many at once as it has. Whoever waits for one waits in
 * line, and no longer than its own time. Thread-safe.
 */
final class Sessions implements AutoCloseable {
    private final Databases databases;
    private final int most;
    private final Duration patience;
    private final Duration idle;
    private final Map<String, Semaphore> free = new ConcurrentHashMap<>();

    /**
     * @param databases with pools of that many connections; closed with this
     * @param most transactions at once in one database
     * @param patience how long one waits for another's end, at most
     * @param idle how long the database lets a transaction wait that hears nothing
     */
    Sessions(Databases databases, int most, Duration patience, Duration idle) {
        this.databases = databases;
        this.most = most;
        this.patience = patience;
        this.idle = idle;
    }

    /**
     * Begins a transaction; blocks.
     *
     * @throws PrismException OVERLOADED if none ends in time, or what the database says
     */
    Session open(String database, IsolationLevel isolation, Bounds bounds) {
        Semaphore place = free.computeIfAbsent(database, name -> new Semaphore(most, true));
        await(place, database, bounds);
        try {
            Connection connection = databases.connect(database);
            return Session.begin(connection, database, place, isolation, bounds, idle);
        } catch (RuntimeException e) {
            place.release();
            throw e;
        }
    }

    private void await(Semaphore place, String database, Bounds bounds) {
        Duration left = bounds.left("waiting for a connection");
        Duration wait = left.compareTo(patience) < 0 ? left : patience;
        try {
            if (!place.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new PrismException(
                                ErrorCode.OVERLOADED,
                                "as many transactions as allowed ("
                                        + most
                                        + ") are open in database "
                                        + database
                                        + "; try again in a moment")
                        .with("database", database)
                        .with("limit", most);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
        }
    }

    /** How many are open. */
    int open() {
        return free.values().stream().mapToInt(place -> most - place.availablePermits()).sum();
    }

    @Override
    public void close() {
        databases.close();
    }
}
