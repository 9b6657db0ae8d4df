package io.prism.gateway.sweep;

import java.util.UUID;
import java.util.function.Consumer;

/**
 * What refers to claims from outside the log until their records are in it: the rows of an outbox.
 * A reference leaves here only after its record has been in the log for a while, so whoever looks
 * here first and into the log afterwards misses none.
 */
@FunctionalInterface
public interface OtherReferences {
    /**
     * Tells every claim that is referred to, those of transactions that were under way when this
     * was called included: waits for their end. May tell other namespaces' claims, too. Blocks.
     *
     * @throws io.prism.core.error.PrismException when that cannot be told for sure now
     */
    void read(Consumer<UUID> referenced);
}
