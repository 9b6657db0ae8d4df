package io.prism.gateway.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class LaterTopicsTest {
    private static final Executor THREADS = task -> Thread.ofVirtual().start(task);

    private static LaterTopics topics(UnaryOperator<String> make) {
        return new LaterTopics(topic -> "n." + topic, make, THREADS);
    }

    @Test
    void aTopicIsMadeOnceAndItsNameKnownFromThenOn() {
        AtomicInteger made = new AtomicInteger();
        LaterTopics topics =
                topics(
                        topic -> {
                            made.incrementAndGet();
                            return "n." + topic;
                        });
        assertThat(topics.apply("a")).isEqualTo("n.a");
        assertThat(topics.apply("a")).isEqualTo("n.a");
        assertThat(made).hasValue(1);
    }

    @Test
    void whileTheLogIsAwayNothingFailsAndOnlyTheFirstWaits() {
        CountDownLatch never = new CountDownLatch(1);
        LaterTopics topics =
                topics(
                        topic -> {
                            try {
                                never.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            return topic;
                        });
        assertThat(topics.apply("a")).isEqualTo("n.a");
        long started = System.nanoTime();
        for (int i = 0; i < 1_000; i++) {
            assertThat(topics.apply("a")).isEqualTo("n.a");
        }
        assertThat(System.nanoTime() - started).isLessThan(10_000_000_000L);
        never.countDown();
    }

    @Test
    void aTopicThatCannotBeMadeNowIsTriedAgainAndOneThatMayNotBeIsRefused() {
        AtomicInteger attempts = new AtomicInteger();
        LaterTopics away =
                topics(
                        topic -> {
                            attempts.incrementAndGet();
                            throw new PrismException(ErrorCode.BACKEND_UNAVAILABLE, "away");
                        });
        assertThat(away.apply("a")).isEqualTo("n.a");
        assertThat(away.apply("a")).isEqualTo("n.a");
        Awaitility.await().until(() -> attempts.get() == 2);

        LaterTopics full =
                topics(
                        topic -> {
                            throw new PrismException(ErrorCode.TOPIC_LIMIT_REACHED, "full");
                        });
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> full.apply("a")).hasMessage("full");
        }
    }
}
