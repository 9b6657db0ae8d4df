package io.prism.gateway.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.gateway.backend.CommitPoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class PartitionTrackerTest {

    private static PartitionTracker reading(Optional<CommitPoint> from, long begin, long end) {
        PartitionTracker tracker = new PartitionTracker(from);
        for (long offset = begin; offset < end; offset++) {
            tracker.read(offset);
            tracker.delivered(offset);
        }
        return tracker;
    }

    @Test
    void thePositionIsTheFirstOutstandingMessage() {
        PartitionTracker tracker = reading(Optional.empty(), 0, 5);
        assertThat(tracker.acknowledge(1)).isTrue();
        assertThat(tracker.acknowledge(0)).isTrue();
        assertThat(tracker.acknowledge(0)).isFalse();
        assertThat(tracker.acknowledge(4)).isTrue();
        assertThat(tracker.takeChange().orElseThrow().offset()).isEqualTo(2);
        assertThat(tracker.takeChange()).isEmpty();
    }

    @Test
    void whoeverReadsOnSkipsWhatWasAcknowledgedOutOfOrderAndCountsTheRest() {
        // Given
        PartitionTracker before = reading(Optional.empty(), 0, 6);
        before.acknowledge(0);
        before.acknowledge(3);
        before.acknowledge(4);

        // When
        Optional<CommitPoint> point = before.takeChange();
        PartitionTracker after = new PartitionTracker(point);

        // Then
        assertThat(point.orElseThrow().offset()).isEqualTo(1);
        List<Long> delivered = new ArrayList<>();
        for (long offset = 1; offset < 8; offset++) {
            if (after.read(offset)) {
                delivered.add(offset);
            }
        }
        assertThat(delivered).containsExactly(1L, 2L, 5L, 6L, 7L);
        assertThat(after.deliveryCount(1)).isEqualTo(2);
        assertThat(after.deliveryCount(5)).isEqualTo(2);
        assertThat(after.deliveryCount(6)).isEqualTo(1);
        after.delivered(1);
        assertThat(new PartitionTracker(after.takeChange()).deliveryCount(1)).isEqualTo(3);
    }

    @Test
    void gapsInTheOffsetsDoNotHoldThePositionBack() {
        PartitionTracker tracker = new PartitionTracker(Optional.of(new CommitPoint(10, "")));
        tracker.read(12);
        tracker.read(20);
        tracker.acknowledge(12);
        assertThat(tracker.takeChange().orElseThrow().offset()).isEqualTo(20);
        tracker.acknowledge(20);
        assertThat(tracker.takeChange().orElseThrow().offset()).isEqualTo(21);
    }

    @Test
    void aForeignNoteIsIgnored() {
        assertThat(new PartitionTracker(Optional.of(new CommitPoint(3, "1;x;;;"))).read(3))
                .isTrue();
        assertThat(new PartitionTracker(Optional.of(new CommitPoint(3, "1;1;1;zz"))).read(3))
                .isTrue();
        assertThat(new PartitionTracker(Optional.of(new CommitPoint(3, "whatever"))).read(3))
                .isTrue();
    }

    @Test
    void overAnyOrderOfAcknowledgementsAndRestartsNothingIsLost() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            int count = 1 + random.nextInt(200);
            Set<Long> acknowledged = new TreeSet<>();
            Optional<CommitPoint> point = Optional.empty();
            for (int life = 0; life < 4; life++) {
                PartitionTracker tracker = new PartitionTracker(point);
                List<Long> delivered = new ArrayList<>();
                for (long offset = point.map(CommitPoint::offset).orElse(0L);
                        offset < count;
                        offset++) {
                    if (tracker.read(offset)) {
                        tracker.delivered(offset);
                        delivered.add(offset);
                    } else {
                        assertThat(acknowledged).as("seed %d", seed).contains(offset);
                    }
                }
                Collections.shuffle(delivered, random);
                for (long offset : delivered.subList(0, random.nextInt(delivered.size() + 1))) {
                    tracker.acknowledge(offset);
                    acknowledged.add(offset);
                }
                Optional<CommitPoint> change = tracker.takeChange();
                point = change.isPresent() ? change : point;
            }
            long position = point.map(CommitPoint::offset).orElse(0L);
            for (long offset = 0; offset < position; offset++) {
                assertThat(acknowledged).as("seed %d", seed).contains(offset);
            }
            assertThat(point.map(CommitPoint::note).orElse("").length()).isLessThan(4_000);
        }
    }
}
