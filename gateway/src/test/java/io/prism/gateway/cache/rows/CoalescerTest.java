package io.prism.gateway.cache.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class CoalescerTest {
    private static final long PATIENCE = 10_000;

    private final Coalescer<Long> coalescer = new Coalescer<>();

    @Test
    void nobodyIsGivenWhatWasLoadedBeforeTheyCame() throws Exception {
        // Given a value that only grows, and readers that note what it was before they asked
        AtomicLong value = new AtomicLong();
        AtomicInteger loads = new AtomicInteger();
        AtomicInteger old = new AtomicInteger();
        int readers = 8;
        int each = 500;
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < readers; i++) {
                all.add(
                        threads.submit(
                                () -> {
                                    for (int n = 0; n < each; n++) {
                                        long before = value.incrementAndGet();
                                        long seen =
                                                coalescer.load(
                                                        "k",
                                                        () -> {
                                                            loads.incrementAndGet();
                                                            long now = value.get();
                                                            if (ThreadLocalRandom.current()
                                                                    .nextBoolean()) {
                                                                LockSupport.parkNanos(1_000);
                                                            }
                                                            return now;
                                                        },
                                                        PATIENCE);
                                        if (seen < before) {
                                            old.incrementAndGet();
                                        }
                                    }
                                }));
            }
        }
        for (Future<?> one : all) {
            Object unused = one.get();
        }
        // Then
        assertThat(old.get()).isZero();
        assertThat(loads.get()).isLessThan(readers * each);
        assertThat(coalescer.size()).isZero();
    }

    @Test
    void whoComesDuringALoadSharesTheNextOne() throws Exception {
        // Given a load under way
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger loads = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Long> first =
                    threads.submit(
                            () ->
                                    coalescer.load(
                                            "k",
                                            () -> {
                                                running.countDown();
                                                await(go);
                                                return (long) loads.incrementAndGet();
                                            },
                                            PATIENCE));
            running.await();
            // When many come
            List<Future<Long>> others = new ArrayList<>();
            CountDownLatch came = new CountDownLatch(20);
            for (int i = 0; i < 20; i++) {
                others.add(
                        threads.submit(
                                () -> {
                                    came.countDown();
                                    return coalescer.load(
                                            "k", () -> (long) loads.incrementAndGet(), PATIENCE);
                                }));
            }
            came.await();
            Thread.sleep(100);
            go.countDown();
            // Then
            assertThat(first.get()).isEqualTo(1);
            for (Future<Long> other : others) {
                assertThat(other.get()).isEqualTo(2);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFailureIsItsCallersOwn() throws ExecutionException, InterruptedException {
        // When
        assertThatThrownBy(
                        () ->
                                coalescer.load(
                                        "k",
                                        () -> {
                                            throw new IllegalStateException("mine");
                                        },
                                        PATIENCE))
                .hasMessage("mine");
        // Then
        assertThat(coalescer.load("k", () -> 7L, PATIENCE)).isEqualTo(7);
        assertThat(coalescer.size()).isZero();
    }
}
