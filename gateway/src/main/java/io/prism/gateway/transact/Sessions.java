package io.prism.gateway.transact;

import io.prism.core.database.Databases;
import io.prism.core.database.Places;
import io.prism.core.error.PrismException;
import io.prism.v1.IsolationLevel;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Transactions on connections of a pool, as many at once as it has. Whoever waits for one waits in
 * line, and no longer than its own time. Thread-safe.
 */
final class Sessions implements AutoCloseable {
    private final Databases databases;
    private final Places places;
    private final Duration idle;

    /**
     * @param databases with pools of that many connections; closed with this
     * @param most transactions at once in one database
     * @param patience how long one waits for another's end, at most
     * @param idle how long the database lets a transaction wait that hears nothing
     */
    Sessions(Databases databases, int most, Duration patience, Duration idle) {
        this.databases = databases;
        this.places = new Places(most, patience, "transactions", "are open");
        this.idle = idle;
    }

    /**
     * Begins a transaction; blocks.
     *
     * @throws PrismException OVERLOADED if none ends in time, or what the database says
     */
    Session open(String database, IsolationLevel isolation, Bounds bounds) {
        Semaphore place = places.take(database, bounds.left("waiting for a connection"));
        try {
            Connection connection = databases.connect(database);
            return Session.begin(connection, database, place, isolation, bounds, idle);
        } catch (RuntimeException e) {
            place.release();
            throw e;
        }
    }

    /** How many are open. */
    int open() {
        return places.taken();
    }

    @Override
    public void close() {
        databases.close();
    }
}
