package io.prism.gateway.pattern;

import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimStore;

/** A pattern that keeps payloads outside the record and can stream them. */
public interface PayloadOpener {
    /** Opens the payload of a claim of this namespace; blocks until its first bytes are there. */
    ClaimStore.Download open(Claim claim, long offset, long length);
}
