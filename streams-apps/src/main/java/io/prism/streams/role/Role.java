package io.prism.streams.role;

import java.util.concurrent.CompletableFuture;

/** One flow this process runs, such as {@code claim-lifecycle}. */
public interface Role extends AutoCloseable {
    /** As written in configuration. */
    String name();

    /**
     * Starts; returns when everything it needs was reached, which may be before it has caught up.
     * Called once; blocks.
     *
     * @throws io.prism.core.error.PrismException naming what cannot be reached and the remedy
     */
    void start();

    /** Why it does not do its work right now; empty when it does. Answers at once. */
    String problem();

    /** Completes with a sentence when it has failed for good: only a restart can help. */
    CompletableFuture<String> gaveUp();

    /** Stops within seconds, leaving its work to others; also when it was never started. Blocks. */
    @Override
    void close();
}
