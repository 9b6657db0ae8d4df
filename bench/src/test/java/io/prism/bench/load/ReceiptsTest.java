package io.prism.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReceiptsTest {
    private final Meter meter = new Meter();
    private final Receipts receipts = new Receipts(10, meter);

    @Test
    void has_no_problems_when_each_message_came_once_and_was_acknowledged() throws Exception {
        // When
        receipts.received(0, 7, 10);
        receipts.received(1, 7, 10);
        receipts.acknowledged(2);

        // Then
        assertThat(receipts.await(2, Duration.ZERO)).isTrue();
        assertThat(receipts.problems(2)).isEmpty();
        assertThat(meter.acknowledgedCount()).isEqualTo(2);
    }

    @Test
    void says_what_is_missing_came_twice_or_came_wrong() throws Exception {
        // When
        receipts.received(0, 7, 10);
        receipts.received(0, 7, 10);
        receipts.received(0, 8, 9);
        receipts.acknowledged(2);

        // Then
        assertThat(receipts.await(3, Duration.ofMillis(1))).isFalse();
        assertThat(receipts.problems(3))
                .containsExactly(
                        "2 different messages of 3 arrived",
                        "2 messages of 3 were acknowledged",
                        "1 messages arrived twice",
                        "1 messages arrived with another payload");
    }

    @Test
    void whoever_waits_hears_of_a_consumer_that_broke() {
        receipts.broken(new IllegalStateException("the stream ended"));

        assertThatThrownBy(() -> receipts.await(1, Duration.ofSeconds(5)))
                .hasMessageContaining("the stream ended");
    }
}
