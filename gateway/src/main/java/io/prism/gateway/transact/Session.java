package io.prism.gateway.transact;

import io.prism.core.database.SqlErrors;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.v1.IsolationLevel;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transaction under way. Used by one thread, but for {@link #abort}. Closed before it is
 * committed, it is rolled back.
 */
final class Session implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final Connection connection;
    private final String database;
    private final Semaphore place;

    /** Guards what follows. */
    private final ReentrantLock lock = new ReentrantLock();

    private boolean running;
    private boolean aborted;

    private boolean committed;
    private boolean closed;

    /** Something to do in the transaction. */
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private Session(Connection connection, String database, Semaphore place) {
        this.connection = connection;
        this.database = database;
        this.place = place;
    }

    /**
     * Begins on a connection, which is the session's from now on.
     *
     * @param place released when the session is closed; not if it cannot begin
     */
    static Session begin(
            Connection connection,
            String database,
            Semaphore place,
            IsolationLevel isolation,
            Bounds bounds,
            Duration idle) {
        try {
            String text =
                    "SET LOCAL statement_timeout = "
                            + Math.max(1, bounds.left("beginning").toMillis())
                            + "; SET LOCAL idle_in_transaction_session_timeout = "
                            + idle.toMillis()
                            + "; SET TRANSACTION ISOLATION LEVEL "
                            + level(isolation);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(text);
            }
            return new Session(connection, database, place);
        } catch (SQLException e) {
            close(connection);
            throw SqlErrors.of(e, "beginning a transaction in database " + database);
        } catch (RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    private static String level(IsolationLevel isolation) {
        return switch (isolation) {
            case ISOLATION_LEVEL_UNSPECIFIED, ISOLATION_LEVEL_READ_COMMITTED -> "READ COMMITTED";
            case ISOLATION_LEVEL_REPEATABLE_READ -> "REPEATABLE READ";
            case ISOLATION_LEVEL_SERIALIZABLE -> "SERIALIZABLE";
            case UNRECOGNIZED ->
                    throw PrismException.ofField(
                            ErrorCode.FIELD_INVALID,
                            "options.isolation",
                            "there is no such isolation level; there are read committed,"
                                    + " repeatable read and serializable");
        };
    }

    /** Lets the statements that follow take no longer than what is left. */
    void limit(Bounds bounds) {
        long left = Math.max(1, bounds.left("under way").toMillis());
        var unused =
                run(
                        "going on",
                        open -> {
                            try (Statement statement = open.createStatement()) {
                                return statement.execute("SET LOCAL statement_timeout = " + left);
                            }
                        });
    }

    /**
     * Does something in the transaction.
     *
     * @param doing to begin an error's message with
     */
    <T> T run(String doing, Work<T> work) {
        begun();
        try {
            return work.on(connection);
        } catch (SQLException e) {
            throw SqlErrors.of(e, doing + " in database " + database);
        } finally {
            ended();
        }
    }

    /**
     * Makes it durable.
     *
     * @throws PrismException what the database has against it: then nothing is written; after
     *     DATABASE_UNAVAILABLE it is not known
     */
    void commit() {
        begun();
        try {
            connection.commit();
            committed = true;
        } catch (SQLException e) {
            PrismException known = SqlErrors.of(e, "committing in database " + database);
            throw known.code() == ErrorCode.DATABASE_UNAVAILABLE
                    ? new PrismException(
                            known.code(),
                            known.getMessage()
                                    + "; it may be committed all the same: look, or repeat it with"
                                    + " the idempotency_key it had",
                            e)
                    : known;
        } finally {
            ended();
        }
    }

    private void begun() {
        lock.lock();
        try {
            if (aborted) {
                throw new PrismException(
                        ErrorCode.CANCELLED, "the client is gone; nothing was written");
            }
            running = true;
        } finally {
            lock.unlock();
        }
    }

    private void ended() {
        lock.lock();
        try {
            running = false;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends it from another thread: a statement that runs is cancelled, and the connection given up,
     * so that a cancellation that comes late hits nobody else. Blocks.
     */
    void abort() {
        lock.lock();
        try {
            aborted = true;
            if (running) {
                PGConnection own = connection.unwrap(PGConnection.class);
                own.cancelQuery();
                connection.unwrap(Connection.class).abort(Runnable::run);
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

    /** Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!committed) {
                connection.rollback();
            }
        } catch (SQLException e) {
            // The database has rolled back what has no connection any more.
            log.atDebug().setMessage("a connection was gone before its rollback").setCause(e).log();
        } finally {
            close(connection);
            place.release();
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            log.atDebug().setMessage("a connection did not close cleanly").setCause(e).log();
        }
    }
}
