package io.prism.gateway.pattern;

import java.util.concurrent.CompletableFuture;

/** One namespace's instance of a pattern. Thread-safe. */
public interface Pattern extends AutoCloseable {
    /**
     * Handles a message on its way to the backend, passing it (or a copy) to the next stage at most
     * once, on any thread. The message keeps its place in its stream's order whenever that happens.
     * Returns at once; what takes long runs on a thread of the pattern's own.
     */
    CompletableFuture<Receipt> publish(Outgoing message, PublishStage next);

    /**
     * Undoes what {@link #publish} did to the message. Failing with a PrismException delivers a
     * typed error event in the message's place; the subscription goes on.
     */
    CompletableFuture<Incoming> consume(Incoming message);

    PatternMetadata metadata();

    /**
     * Periodic housekeeping, such as expiry; called on a thread that may block, never twice at
     * once.
     */
    default void maintain() {}

    @Override
    default void close() {}
}
