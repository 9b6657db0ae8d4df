package io.prism.gateway.pattern;

import java.util.concurrent.CompletableFuture;

/** What comes after a pattern: the next pattern, or the backend. */
@FunctionalInterface
public interface PublishStage {
    /**
     * Passes the message on. The receipt completes when the message is durable, and fails with a
     * {@link io.prism.core.error.PrismException} when it is not (or not known to be).
     */
    CompletableFuture<Receipt> publish(Outgoing message);
}
