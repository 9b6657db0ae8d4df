package io.prism.core.claim;

import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.PatternSpec;

/** Hands out the claim store of a namespace; owns the clients behind them. */
public interface ClaimStores extends AutoCloseable {
    /**
     * Stores of one bucket and endpoint share their client; making one does not touch the network.
     */
    ClaimStore of(NamespaceName namespace, PatternSpec.ClaimCheck claimCheck);

    /**
     * Answers when the default endpoint can be reached; throws STORAGE_UNAVAILABLE or
     * STORAGE_REFUSED otherwise.
     */
    void checkReachable();

    @Override
    void close();
}
