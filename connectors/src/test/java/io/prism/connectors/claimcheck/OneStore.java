package io.prism.connectors.claimcheck;

import io.prism.core.claim.ClaimStore;
import io.prism.core.claim.ClaimStores;
import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.PatternSpec;

/** One store, whatever is asked for. */
record OneStore(ClaimStore store) implements ClaimStores {
    @Override
    public ClaimStore of(NamespaceName namespace, PatternSpec.ClaimCheck claimCheck) {
        return store;
    }

    @Override
    public void checkReachable() {}

    @Override
    public void close() {}
}
