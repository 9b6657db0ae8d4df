package io.prism.gateway.reader;

import io.prism.core.database.Databases;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections for reading, as many at once as a pool has. Whoever waits for one waits in line, and
 * no longer than its own time. Thread-safe.
 */
final class Connections implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Connections.class);

    private final Databases databases;
    private final int most;
    private final Duration patience;
    private final Map<String, Semaphore> free = new ConcurrentHashMap<>();

    /** Something to do with a connection in auto-commit. */
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /**
     * @param databases with pools of that many connections; closed with this
     * @param patience how long one waits for another's end, at most
     */
    Connections(Databases databases, int most, Duration patience) {
        this.databases = databases;
        this.most = most;
        this.patience = patience;
    }

    /**
     * Blocks.
     *
     * @throws PrismException OVERLOADED if no connection becomes free in time
     */
    <T> T on(String database, TimeLeft left, Work<T> work) throws SQLException {
        Semaphore place = free.computeIfAbsent(database, name -> new Semaphore(most, true));
        await(place, database, left);
        try (Connection connection = databases.connect(database)) {
            return work.on(connection);
        } finally {
            place.release();
        }
    }

    /** The same, in a transaction, which is rolled back at the end: it wrote nothing. */
    <T> T within(String database, TimeLeft left, Work<T> work) throws SQLException {
        return on(
                database,
                left,
                connection -> {
                    connection.setAutoCommit(false);
                    try {
                        return work.on(connection);
                    } finally {
                        end(connection);
                    }
                });
    }

    private static void end(Connection connection) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            log.atDebug().setMessage("a connection was gone before its rollback").setCause(e).log();
        }
    }

    private void await(Semaphore place, String database, TimeLeft left) {
        Duration rest = left.left("waiting for a connection");
        Duration wait = rest.compareTo(patience) < 0 ? rest : patience;
        try {
            if (!place.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new PrismException(
                                ErrorCode.OVERLOADED,
                                "as many reads as allowed ("
                                        + most
                                        + ") are under way in database "
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

    /** How many are in use. */
    int open() {
        return free.values().stream().mapToInt(place -> most - place.availablePermits()).sum();
    }

    @Override
    public void close() {
        databases.close();
    }
}
