package io.prism.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class BreakerTest {
    private final AtomicLong now = new AtomicLong();
    private final Breaker breaker = new Breaker(now::get);

    private void failures(int count) {
        for (int i = 0; i < count; i++) {
            assertThat(breaker.permit()).isTrue();
            breaker.failed();
        }
    }

    @Test
    void a_few_failures_in_a_row_open_it_for_a_pause() {
        // Given
        failures(Breaker.THRESHOLD - 1);
        breaker.succeeded();
        assertThat(breaker.open()).isFalse();

        // When
        failures(Breaker.THRESHOLD);

        // Then
        assertThat(breaker.open()).isTrue();
        assertThat(breaker.permit()).isFalse();
    }

    @Test
    void after_the_pause_one_call_tries() {
        // Given
        failures(Breaker.THRESHOLD);
        now.addAndGet(Breaker.PAUSE.toNanos());

        // When
        assertThat(breaker.permit()).isTrue();
        assertThat(breaker.permit()).isFalse();
        breaker.failed();

        // Then
        assertThat(breaker.permit()).isFalse();
        now.addAndGet(Breaker.PAUSE.toNanos());
        assertThat(breaker.permit()).isTrue();
        assertThat(breaker.succeeded()).isTrue();
        assertThat(breaker.permit()).isTrue();
        assertThat(breaker.permit()).isTrue();
    }
}
