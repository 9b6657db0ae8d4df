package io.prism.core.claim;

import io.prism.core.spec.PatternSpec.Cleanup;
import io.prism.core.spec.PatternSpec.Storage;
import java.time.Clock;
import java.util.Optional;

/** Which claims a namespace can have made, for those who do not read them. */
public final class ClaimBounds {
    private static final Cleanup ANY = new Cleanup(Cleanup.Strategy.NONE, Optional.empty());

    private ClaimBounds() {}

    /**
     * Refuses a claim that this storage cannot hold.
     *
     * @throws io.prism.core.error.PrismException PAYLOAD_REF_INVALID
     */
    public static void check(Storage storage, Claim claim) {
        new ClaimRules(storage.prefix(), ANY, Clock.systemUTC()).check(claim);
    }
}
