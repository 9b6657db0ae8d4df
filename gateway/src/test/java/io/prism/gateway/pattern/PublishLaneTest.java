package io.prism.gateway.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PublishLaneTest {
    private final PublishLane lane = new PublishLane();
    private final List<Integer> order = Collections.synchronizedList(new ArrayList<>());

    private CompletableFuture<Receipt> handOff(PublishLane.Slot slot, int number) {
        return slot.handOff(
                () -> {
                    order.add(number);
                    return CompletableFuture.completedFuture(
                            new Receipt("m" + number, 0, number, Instant.EPOCH, false));
                });
    }

    @Test
    void aMessageThatIsReadyWaitsForTheOnesBeforeIt() {
        PublishLane.Slot first = lane.reserve();
        PublishLane.Slot second = lane.reserve();
        CompletableFuture<Receipt> later = handOff(second, 2);
        assertThat(later).isNotDone();
        handOff(first, 1);
        assertThat(later).isCompleted();
        assertThat(order).containsExactly(1, 2);
    }

    @Test
    void aMessageThatFailedLetsTheOthersPass() {
        PublishLane.Slot first = lane.reserve();
        PublishLane.Slot second = lane.reserve();
        CompletableFuture<Receipt> later = handOff(second, 2);
        first.release();
        first.release();
        assertThat(later).isCompleted();
    }

    @Test
    void anActionThatThrowsFailsItsOwnMessageOnly() {
        PublishLane.Slot first = lane.reserve();
        PublishLane.Slot second = lane.reserve();
        CompletableFuture<Receipt> broken =
                first.handOff(
                        () -> {
                            throw new IllegalStateException("broken");
                        });
        assertThatThrownBy(broken::join).hasRootCauseMessage("broken");
        assertThat(handOff(second, 2)).isCompleted();
    }

    @Test
    void whateverThreadsHandOffTheOrderIsThatOfTheSlots() throws InterruptedException {
        // Given
        long seed = System.nanoTime();
        int count = 20_000;
        List<PublishLane.Slot> slots = new ArrayList<>();
        List<Integer> shuffled = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            slots.add(lane.reserve());
            shuffled.add(i);
        }
        Collections.shuffle(shuffled, new Random(seed));

        // When
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            shuffled.forEach(
                    i ->
                            threads.execute(
                                    () -> {
                                        if (i % 7 == 0) {
                                            slots.get(i).release();
                                        } else {
                                            var unused = handOff(slots.get(i), i);
                                        }
                                    }));
            threads.shutdown();
            assertThat(threads.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
        }

        // Then
        assertThat(order).as("seed %d", seed).isSorted().hasSize(count - (count + 6) / 7);
    }
}
