package io.prism.gateway.backend;

import java.util.concurrent.CompletableFuture;

/**
 * One process's share of a group's work on a topic. Each record is held by one process at a time,
 * for as long as that process lives and holds it; what is not settled goes to another one. A group
 * begins at the earliest record. At least once. Thread-safe.
 */
public interface WorkSource extends AutoCloseable {
    /** How many more records the sink takes now, besides those it was given. Does not block. */
    void want(int records);

    /**
     * Ends the hold on a record: for good, or so that it is handed out again. The future completes
     * when that is durable; with false if the record was not held any more, and with a
     * PrismException if it is not known.
     */
    CompletableFuture<Boolean> settle(Held held, Settlement settlement);

    /** Gives back what is held. Blocks for seconds at most; idempotent. */
    @Override
    void close();

    enum Settlement {
        DONE,
        AGAIN
    }

    /** Takes what the source hands out; called by the source's threads, must not block for long. */
    interface Sink {
        void acquired(Held held);

        /** The record is not held any more and goes to somebody else. */
        void lost(Held held);

        /** The source has failed and hands out nothing more. */
        void failed(RuntimeException reason);
    }
}
