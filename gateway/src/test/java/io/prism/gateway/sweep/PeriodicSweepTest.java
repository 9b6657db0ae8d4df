package io.prism.gateway.sweep;

import static io.prism.gateway.sweep.Sweeping.GRACE;
import static io.prism.gateway.sweep.Sweeping.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.claim.Claim;
import io.prism.gateway.backend.StartAt;
import io.prism.gateway.sweep.OrphanSweep.Window;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class PeriodicSweepTest {
    private static final Duration INTERVAL = Duration.ofHours(1);

    private final Sweeping videos = new Sweeping();
    private final PeriodicSweep periodic =
            new PeriodicSweep(videos.sweep(), videos.clock, INTERVAL, GRACE);

    @Test
    void itIsDueOnceInAnInterval() {
        assertThat(periodic.isDue()).isFalse();
        videos.clock.advance(INTERVAL);
        assertThat(periodic.isDue()).isTrue();
        periodic.run();
        assertThat(periodic.isDue()).isFalse();
        videos.clock.advance(INTERVAL);
        assertThat(periodic.isDue()).isTrue();
    }

    @Test
    void laterRunsReadOnlyWhatWasAppendedSinceTheirCandidatesWereMade() {
        // Given
        assertThat(periodic.window()).isEqualTo(Window.ALL);
        long read = 0;
        for (int hour = 0; hour < PeriodicSweep.FULL_EVERY - 1; hour++) {
            for (int i = 0; i < 100; i++) {
                videos.publish(TOPIC, videos.stored());
            }
            videos.clock.advance(INTERVAL);
            // When
            read = periodic.run().recordsRead();
        }
        // Then
        assertThat(read).as("of 2,300").isBetween(400L, 700L);
        assertThat(periodic.window().start()).isInstanceOf(StartAt.AtOffsets.class);
        periodic.run();
        assertThat(periodic.window()).as("every so often, all of it").isEqualTo(Window.ALL);
    }

    @Test
    void whateverTheOrderOfThingsNoNeededPayloadIsDeletedAndNoOrphanIsLeft() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        videos.clock.tick = Duration.ofMillis(1);
        Set<UUID> needed = new HashSet<>();
        Set<UUID> orphans = new HashSet<>();
        for (int step = 0; step < 1_000; step++) {
            // When
            switch (random.nextInt(5)) {
                case 0 -> {
                    Claim claim = videos.stored();
                    videos.clock.advance(Duration.ofSeconds(random.nextInt(30)));
                    videos.publish(TOPIC, claim);
                    needed.add(claim.id());
                }
                case 1 -> {
                    Claim claim = videos.uploaded(Duration.ofMinutes(random.nextInt(300)));
                    videos.publish(TOPIC, claim);
                    needed.add(claim.id());
                }
                case 2 -> orphans.add(videos.stored().id());
                case 3 ->
                        orphans.add(videos.uploaded(Duration.ofMinutes(random.nextInt(300))).id());
                default -> videos.clock.advance(Duration.ofMinutes(random.nextInt(20)));
            }
            if (periodic.isDue()) {
                videos.clock.tick = Duration.ofMinutes(1);
                periodic.run();
                videos.clock.tick = Duration.ofMillis(1);
                // Then
                assertThat(videos.kept()).as("seed %d", seed).containsAll(needed);
            }
        }
        videos.clock.advance(GRACE.plusMinutes(1));
        videos.clock.tick = Duration.ofMinutes(1);
        for (int run = 0; run < PeriodicSweep.FULL_EVERY; run++) {
            periodic.run();
        }
        assertThat(new HashSet<>(videos.kept())).as("seed %d", seed).isEqualTo(needed);
        assertThat(orphans).isNotEmpty();
    }
}
