package io.prism.gateway.outbox.table;

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

    /** What is in line is still done. */
    @Override
    void close();
}
