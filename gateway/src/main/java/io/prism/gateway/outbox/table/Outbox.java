package io.prism.gateway.outbox.table;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** One namespace's way into its table. Thread-safe. */
public interface Outbox extends AutoCloseable {
    /**
     * Puts a row in line; returns at once. Rows of one thread (or of threads that hand over to each
     * other) are committed in the order of the calls. The future completes when the row is
     * committed, and fails with a PrismException otherwise; after DATABASE_UNAVAILABLE it may be
     * there all the same.
     */
    CompletableFuture<Committed> write(NewRow row);

    /**
     * Makes a row, whose id nobody else has, part of a transaction on the caller's connection,
     * which is one to the same database. It passes what is in line.
     *
     * @return what holds once the caller has committed
     */
    Committed join(Connection connection, NewRow row) throws SQLException;

    /** Counts rows that {@link #join joined} a transaction, once that is committed. */
    void joined(int rows);

    /** What is in line is still done. */
    @Override
    void close();
}
