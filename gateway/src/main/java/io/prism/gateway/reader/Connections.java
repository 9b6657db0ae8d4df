package io.prism.gateway.reader;

import io.prism.core.database.Databases;
import io.prism.core.database.Places;
import io.prism.core.error.PrismException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections for reading, as many at once as a pool has. Whoever waits for one waits in line, and
 * no longer than its own time. Thread-safe.
 */
final class Connections implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Connections.class);

    private final Databases databases;
    private final Places places;

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
        this.places = new Places(most, patience, "reads", "are under way");
    }

    /**
     * Blocks.
     *
     * @throws PrismException OVERLOADED if no connection becomes free in time
     */
    <T> T on(String database, TimeLeft left, Work<T> work) throws SQLException {
        Semaphore place = places.take(database, left.left("waiting for a connection"));
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

    /** How many are in use. */
    int open() {
        return places.taken();
    }

    @Override
    public void close() {
        databases.close();
    }
}
