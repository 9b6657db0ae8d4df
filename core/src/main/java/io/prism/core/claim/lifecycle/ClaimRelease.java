package io.prism.core.claim.lifecycle;

import java.time.Instant;

/**
 * An object that nobody needs any more. Deleting it may be repeated.
 *
 * @param objectKey the object's full key in the namespace's bucket
 * @param at when it was decided
 */
public record ClaimRelease(ClaimKey claim, String objectKey, Reason reason, Instant at) {

    /** Why a claim is released. */
    public enum Reason {
        /** Everybody who had to acknowledge it has. */
        CONSUMED,
        /** It is older than its namespace's ttl. */
        TTL
    }
}
