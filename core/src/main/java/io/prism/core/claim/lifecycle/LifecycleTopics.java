package io.prism.core.claim.lifecycle;

import io.prism.core.table.InternalTopic;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The topics claims' lives are written to; made by whichever process starts first. */
public final class LifecycleTopics {
    private static final int PARTITIONS = 4;

    /**
     * Longer than any ttl a namespace gets by default, so that what is known of the claims at rest
     * can be found again from the events alone.
     */
    private static final Duration RETENTION = Duration.ofDays(8);

    /** {@link ClaimEvent}s, by claim. */
    public static final InternalTopic EVENTS = topic("prism.claims");

    /** {@link ClaimRelease}s, by claim. */
    public static final InternalTopic RELEASES = topic("prism.claims.releases");

    public static final List<InternalTopic> ALL = List.of(EVENTS, RELEASES);

    private LifecycleTopics() {}

    private static InternalTopic topic(String name) {
        return new InternalTopic(
                name,
                PARTITIONS,
                Map.of(
                        "cleanup.policy",
                        "delete",
                        "retention.ms",
                        Long.toString(RETENTION.toMillis())));
    }
}
