package io.prism.core.cache;

import java.time.Duration;

/**
 * @param lease how long a filler may take; a later fill is refused
 * @param fence how long a change's fence stands: longer than a lease, and longer than a commit may
 *     take from the log to the eyes of other sessions (an instant, or what a synchronous standby
 *     takes to answer)
 */
public record FencedCacheSettings(Duration lease, Duration fence) {
    public static final FencedCacheSettings DEFAULT =
            new FencedCacheSettings(Duration.ofSeconds(5), Duration.ofSeconds(60));

    public FencedCacheSettings {
        if (lease.toMillis() < 1 || fence.compareTo(lease.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException(
                    "a fence of " + fence + " is not twice as long as a lease of " + lease);
        }
    }
}
