package io.prism.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
    private static final long MILLI = 1_000_000;

    private final AtomicLong clock = new AtomicLong(77 * MILLI);
    private final List<Long> due = new ArrayList<>();
    private final List<Long> sent = new ArrayList<>();

    private long run(OpenLoop.Send also) throws InterruptedException {
        OpenLoop loop = new OpenLoop(clock::get, clock::addAndGet);
        return loop.run(
                1000,
                Duration.ofSeconds(1),
                (index, dueNanos) -> {
                    due.add(dueNanos - 77 * MILLI);
                    sent.add(clock.get() - 77 * MILLI);
                    also.send(index, dueNanos);
                });
    }

    @Test
    void sends_rate_times_duration_messages_each_when_it_is_due() throws Exception {
        // When
        long count = run((_, _) -> {});

        // Then
        assertThat(count).isEqualTo(1000);
        assertThat(sent).isEqualTo(due);
        assertThat(due.getFirst()).isZero();
        assertThat(due.getLast()).isEqualTo(999 * MILLI);
    }

    @Test
    void never_sends_early_when_a_pause_ends_too_soon() throws Exception {
        // Given
        OpenLoop loop = new OpenLoop(clock::get, nanos -> clock.addAndGet(nanos / 2 + 1));
        List<Long> early = new ArrayList<>();

        // When
        long count =
                loop.run(
                        300,
                        Duration.ofSeconds(1),
                        (_, dueNanos) -> {
                            if (clock.get() < dueNanos) {
                                early.add(dueNanos);
                            }
                        });

        // Then
        assertThat(count).isEqualTo(300);
        assertThat(early).isEmpty();
    }

    @Test
    void a_send_that_blocks_makes_later_ones_late_but_not_less_due() throws Exception {
        // When message 100 blocks for 50 ms
        long count =
                run(
                        (index, _) -> {
                            if (index == 100) {
                                clock.addAndGet(50 * MILLI);
                            }
                        });

        // Then the 49 that were due meanwhile follow at once, and the schedule stands
        assertThat(count).isEqualTo(1000);
        assertThat(due.get(101)).isEqualTo(101 * MILLI);
        assertThat(sent.get(101)).isEqualTo(150 * MILLI);
        assertThat(sent.get(149)).isEqualTo(150 * MILLI);
        assertThat(sent.get(151)).isEqualTo(151 * MILLI);
    }

    @Test
    void gives_up_on_a_system_that_holds_it_up_for_longer_than_the_duration_again()
            throws Exception {
        // When every send takes 3 ms where 1 ms is there
        long count = run((_, _) -> clock.addAndGet(3 * MILLI));

        // Then
        assertThat(count).isBetween(660L, 670L);
    }
}
