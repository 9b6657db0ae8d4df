package io.prism.gateway.reader;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a caller who goes away take a running statement with it. {@link #run} is called by one
 * thread, {@link #gone} by any.
 */
final class Abandonment {
    private static final Logger log = LoggerFactory.getLogger(Abandonment.class);

    /** Guards what follows. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable Connection running;
    private boolean gone;

    /** Something that keeps the database busy. */
    interface Work<T> {
        T run() throws SQLException;
    }

    /**
     * @throws PrismException CANCELLED if the caller is gone already
     */
    <T> T run(Connection connection, Work<T> work) throws SQLException {
        use(connection);
        try {
            return work.run();
        } finally {
            use(null);
        }
    }

    private void use(@Nullable Connection connection) {
        lock.lock();
        try {
            if (gone && connection != null) {
                throw new PrismException(ErrorCode.CANCELLED, "the client is gone");
            }
            running = connection;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Cancels what runs, and gives its connection up, so that a cancellation that comes late hits
     * nobody else. Blocks.
     */
    void gone() {
        lock.lock();
        try {
            gone = true;
            Connection busy = running;
            if (busy != null) {
                busy.unwrap(PGConnection.class).cancelQuery();
                busy.unwrap(Connection.class).abort(Runnable::run);
            }
        } catch (SQLException e) {
            log.atDebug()
                    .setMessage("a statement could not be cancelled; it ends at its timeout")
                    .setCause(e)
                    .log();
        } finally {
            lock.unlock();
        }
    }
}
