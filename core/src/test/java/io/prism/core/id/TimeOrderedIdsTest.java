package io.prism.core.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TimeOrderedIdsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00.123Z");

    @Test
    void anIdTellsWhenItWasMade() {
        UUID id = new TimeOrderedIds(Clock.fixed(NOW, ZoneOffset.UTC), new Random(1)).next();
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(TimeOrderedIds.instantOf(id)).isEqualTo(NOW);
    }

    @Test
    void idsGrowAsTextAlsoWhenTheClockStepsBack() {
        Deque<Instant> times =
                new ArrayDeque<>(List.of(NOW, NOW, NOW.minusSeconds(60), NOW.plusMillis(1)));
        InstantSource source = times::poll;
        TimeOrderedIds ids = new TimeOrderedIds(source.withZone(ZoneOffset.UTC), new Random(1));
        List<String> made = IntStream.range(0, 4).mapToObj(i -> ids.next().toString()).toList();
        assertThat(made).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void manyThreadsNeverMakeTheSameId() {
        TimeOrderedIds ids =
                new TimeOrderedIds(Clock.systemUTC(), new java.security.SecureRandom());
        Set<UUID> made = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 100_000).parallel().forEach(i -> made.add(ids.next()));
        assertThat(made).hasSize(100_000);
    }

    @Test
    void theLowestIdOfAMillisecondSeparatesOlderFromNewer() {
        String lowest = TimeOrderedIds.lowestAt(NOW).toString();
        TimeOrderedIds before =
                new TimeOrderedIds(Clock.fixed(NOW.minusMillis(1), ZoneOffset.UTC), new Random(1));
        TimeOrderedIds at = new TimeOrderedIds(Clock.fixed(NOW, ZoneOffset.UTC), new Random(1));
        assertThat(before.next().toString()).isLessThan(lowest);
        assertThat(at.next().toString()).isGreaterThanOrEqualTo(lowest);
    }

    @Test
    void onlyUuidVersion7HasATime() {
        assertThatThrownBy(() -> TimeOrderedIds.instantOf(UUID.randomUUID()))
                .hasMessageContaining("not a UUIDv7");
    }
}
