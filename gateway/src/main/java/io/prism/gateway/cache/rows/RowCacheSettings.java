package io.prism.gateway.cache.rows;

import io.prism.core.spec.DataSize;
import io.prism.core.spec.PatternSpec;
import java.time.Duration;
import java.util.Optional;

/**
 * @param ttl how long a row is served without asking the database
 * @param negativeTtl how long it is remembered that there is none; empty not at all
 * @param maxItemSize larger rows are not cached
 * @param patience how long a reader waits for another one's read before it reads itself; not more
 *     than half of the time it has
 */
record RowCacheSettings(
        Duration ttl,
        Optional<Duration> negativeTtl,
        Optional<DataSize> maxItemSize,
        Duration patience) {
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Where a namespace says nothing, as the options' reference has it. */
    static final Duration TTL = Duration.ofMinutes(15);

    /** A row that does not exist may not outlive one that does. */
    static RowCacheSettings of(PatternSpec.Cache spec) {
        Duration ttl = spec.ttl().orElse(TTL);
        return new RowCacheSettings(
                ttl,
                spec.negativeTtl().map(negative -> negative.compareTo(ttl) < 0 ? negative : ttl),
                spec.maxItemSize(),
                PATIENCE);
    }
}
