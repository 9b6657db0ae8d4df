package io.prism.gateway.claimcheck;

import io.prism.core.claim.ClaimStore;
import io.prism.core.claim.InMemoryClaimStore;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.PatternSpec;
import java.time.Clock;
import java.util.Random;

/** Claim stores for tests. */
final class TestStores {
    private TestStores() {}

    static ClaimStore inMemory(PatternSpec.ClaimCheck spec) {
        return new InMemoryClaimStore(
                spec, new TimeOrderedIds(Clock.systemUTC(), new Random(1)), Clock.systemUTC());
    }
}
