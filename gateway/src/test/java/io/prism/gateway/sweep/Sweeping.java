package io.prism.gateway.sweep;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimStore;
import io.prism.core.claim.InMemoryClaimStore;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.record.RecordFormat;
import io.prism.gateway.backend.LogBackend.TopicSettings;
import io.prism.gateway.backend.LogRecord;
import io.prism.gateway.backend.TopicSelector;
import io.prism.gateway.backend.memory.MemoryLog;
import io.prism.gateway.claimcheck.ClaimChecks;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;

/** A namespace {@code videos} in memory, with a clock that tests move. */
final class Sweeping {
    static final Duration SETTLE = Duration.ofMinutes(1);
    static final Duration GRACE = Duration.ofHours(1);
    static final String TOPIC = "videos.raw";

    /** Stands still unless it is moved, or told to tick at each look. */
    static final class TestClock extends Clock {
        volatile Instant now = Instant.parse("2026-11-22T10:00:00Z");
        volatile Duration tick = Duration.ZERO;

        void advance(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            Instant before = now;
            now = before.plus(tick);
            return before;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("only instants are asked for");
        }
    }

    final TestClock clock = new TestClock();
    final MemoryLog log = new MemoryLog(clock);
    final ClaimStore store;

    Sweeping() {
        store =
                new InMemoryClaimStore(
                        ClaimChecks.spec(0, "videos/"),
                        new TimeOrderedIds(clock, new Random(5)),
                        clock);
        topic(TOPIC);
    }

    void topic(String name) {
        log.ensureTopic(new TopicSettings(name, 2, -1, -1, 1 << 20));
    }

    SweepTarget target() {
        return target(store);
    }

    static SweepTarget target(ClaimStore of) {
        return new SweepTarget(
                "videos",
                of,
                new TopicSelector.Matching(Pattern.compile("videos\\..+")),
                "videos.",
                Optional.empty());
    }

    OrphanSweep sweep() {
        return new OrphanSweep(target(), log, clock, SETTLE);
    }

    Claim stored() {
        return store.store(List.of(ByteBuffer.wrap(new byte[100]))).join();
    }

    /** Stored in parts: the id is from now, the object from when the upload ends. */
    Claim uploaded(Duration taking) {
        try (ClaimStore.Upload upload = store.begin()) {
            upload.write(ByteBuffer.wrap(new byte[100]));
            clock.advance(taking);
            return upload.complete();
        }
    }

    void publish(String topic, Claim claim) {
        log.append(
                        new LogRecord(
                                topic,
                                null,
                                claim.id().toString().getBytes(UTF_8),
                                ByteString.EMPTY,
                                RecordFormat.write(
                                        "id",
                                        "videos".getBytes(UTF_8),
                                        new byte[0],
                                        claim,
                                        null,
                                        Map.of())))
                .join();
    }

    List<UUID> kept() {
        List<UUID> kept = new ArrayList<>();
        store.list(
                Instant.EPOCH,
                clock.now.plusSeconds(1),
                page -> page.forEach(stored -> kept.add(stored.id())));
        return kept;
    }
}
