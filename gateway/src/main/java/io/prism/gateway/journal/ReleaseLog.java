package io.prism.gateway.journal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.prism.core.claim.lifecycle.ClaimCodec;
import io.prism.core.claim.lifecycle.ClaimKey;
import io.prism.core.claim.lifecycle.ClaimRelease;
import io.prism.core.claim.lifecycle.ClaimRelease.Reason;
import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.error.PrismException;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.LogReader;
import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.backend.StartAt;
import io.prism.gateway.backend.TopicSelector;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was released because it was consumed, looked up after the fact. Asked only when an object is
 * not there any more, which is rare; releases read once are remembered. Thread-safe.
 */
final class ReleaseLog {
    private static final Logger log = LoggerFactory.getLogger(ReleaseLog.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration CLOCKS_APART = Duration.ofMinutes(1);
    private static final long REMEMBERED = 100_000;

    private final LogBackend backend;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Cache<ClaimKey, Set<String>> consumed =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    // Every release from then, up to then, was read; and where the next ones are.
    private Instant readFrom = Instant.MAX;
    private Instant readUpTo = Instant.MIN;
    private final Map<LogPartition, Long> next = new HashMap<>();

    ReleaseLog(LogBackend backend, Clock clock) {
        this.backend = backend;
        this.clock = clock;
    }

    /**
     * Whether the claim was released as consumed, by this subscription among others; false also
     * when that cannot be found out now. Blocks.
     *
     * @param since it was not released before
     * @param upTo it was not released later
     */
    boolean consumed(ClaimKey claim, String subscription, Instant since, Instant upTo) {
        lock.lock();
        try {
            Set<String> by = consumed.getIfPresent(claim);
            if (by == null && (readFrom.isAfter(since) || readUpTo.isBefore(upTo))) {
                read(since);
                by = consumed.getIfPresent(claim);
            }
            return by != null && by.contains(subscription);
        } catch (PrismException e) {
            log.atWarn().setMessage("releases cannot be looked up now").setCause(e).log();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** What was read before is not read again, unless some of it may be forgotten. */
    private void read(Instant since) {
        if (readFrom.isAfter(since) || consumed.estimatedSize() >= REMEMBERED) {
            next.clear();
            read(new StartAt.AtTime(since.minus(CLOCKS_APART)), since);
        } else {
            read(new StartAt.AtOffsets(Map.copyOf(next)), readFrom);
        }
    }

    private void read(StartAt start, Instant from) {
        Instant began = clock.instant();
        Instant deadline = began.plus(PATIENCE);
        boolean atEnd;
        try (LogReader reader =
                backend.read(
                        new ReadRequest.Alone(
                                new TopicSelector.Exact(LifecycleTopics.RELEASES.name()), start))) {
            do {
                reader.poll(POLL).forEach(this::remember);
                atEnd = reader.caughtUp();
            } while (!atEnd && clock.instant().isBefore(deadline));
        }
        readFrom = atEnd ? from : Instant.MAX;
        readUpTo = atEnd ? began : Instant.MIN;
    }

    private void remember(LogEntry entry) {
        next.put(entry.place(), entry.offset() + 1);
        byte[] value = entry.value();
        if (value == null) {
            return;
        }
        try {
            ClaimRelease release = ClaimCodec.readRelease(value);
            if (release.reason() == Reason.CONSUMED) {
                consumed.put(release.claim(), release.acknowledgedBy());
            }
        } catch (PrismException e) {
            log.atDebug().setMessage("a release of another version").setCause(e).log();
        }
    }
}
