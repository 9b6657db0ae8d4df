package io.prism.topologies.outboxrelay;

import io.prism.core.spec.NamespaceSpec;

/** Sees to it that destination topics are there. Called from the stream thread for each row. */
@FunctionalInterface
public interface Destinations {
    /**
     * Makes the topic as its namespace wants it, if it is not there; may block the first time.
     *
     * @throws io.prism.core.error.PrismException if that is not possible: now (the row is tried
     *     again), or at all (the row is dead)
     */
    void ensure(NamespaceSpec namespace, String kafkaTopic);

    /** The relay begins anew, perhaps since a topic that was there has gone. */
    default void lookAgain() {}
}
