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
import io.prism.gateway.backend.LogReader;
import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.backend.StartAt;
import io.prism.gateway.backend.TopicSelector;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
    private static final Duration READ_AGAIN = Duration.ofSeconds(2);
    private static final long REMEMBERED = 100_000;

    private final LogBackend backend;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Cache<ClaimKey, Boolean> consumed =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();
    private Instant lastRead = Instant.MIN;
    private Instant lastSince = Instant.MAX;

    ReleaseLog(LogBackend backend, Clock clock) {
        this.backend = backend;
        this.clock = clock;
    }

    /**
     * Whether the claim was released as consumed; false also when that cannot be found out now.
     * Blocks.
     *
     * @param since it was not released before
     */
    boolean consumed(ClaimKey claim, Instant since) {
        lock.lock();
        try {
            Instant now = clock.instant();
            boolean readJustNow =
                    lastRead.plus(READ_AGAIN).isAfter(now) && !lastSince.isAfter(since);
            if (consumed.getIfPresent(claim) == null && !readJustNow) {
                read(since.minus(CLOCKS_APART), now.plus(PATIENCE));
                lastRead = clock.instant();
                lastSince = since;
            }
            return consumed.getIfPresent(claim) != null;
        } catch (PrismException e) {
            log.atWarn().setMessage("releases cannot be looked up now").setCause(e).log();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void read(Instant since, Instant deadline) {
        try (LogReader reader =
                backend.read(
                        new ReadRequest.Alone(
                                new TopicSelector.Exact(LifecycleTopics.RELEASES.name()),
                                new StartAt.AtTime(since)))) {
            do {
                reader.poll(POLL).forEach(this::remember);
            } while (!reader.caughtUp() && clock.instant().isBefore(deadline));
        }
    }

    private void remember(LogEntry entry) {
        byte[] value = entry.value();
        if (value == null) {
            return;
        }
        try {
            ClaimRelease release = ClaimCodec.readRelease(value);
            if (release.reason() == Reason.CONSUMED) {
                consumed.put(release.claim(), true);
            }
        } catch (PrismException e) {
            log.atDebug().setMessage("a release of another version").setCause(e).log();
        }
    }
}
