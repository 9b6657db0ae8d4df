package io.prism.core.claim.lifecycle;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * An object that nobody needs any more. Deleting it may be repeated.
 *
 * @param objectKey the object's full key in the namespace's bucket
 * @param acknowledgedBy the subscriptions that have acknowledged it since it was last published
 * @param at when it was decided
 */
public record ClaimRelease(
        ClaimKey claim,
        String objectKey,
        Reason reason,
        SortedSet<String> acknowledgedBy,
        Instant at) {
    public ClaimRelease {
        acknowledgedBy = Collections.unmodifiableSortedSet(new TreeSet<>(acknowledgedBy));
    }

    /** Why a claim is released. */
    public enum Reason {
        /** Everybody who had to acknowledge it has. */
        CONSUMED,
        /** It is older than its namespace's ttl. */
        TTL
    }
}
