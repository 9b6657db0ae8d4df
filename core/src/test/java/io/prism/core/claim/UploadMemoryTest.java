package io.prism.core.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UploadMemoryTest {
    private static final int PAGE = UploadMemory.PAGE;
    private static final int PART_PAGES = 4;

    private static UploadMemory memory(int pages, Duration patience) {
        return new UploadMemory((long) pages * PAGE, (long) PART_PAGES * PAGE, patience);
    }

    @Test
    void manyUploadsFinishInTheMemoryOfOnePart() throws Exception {
        // Given
        UploadMemory memory = memory(PART_PAGES + 3, Duration.ofSeconds(20));
        List<Future<?>> uploads = new ArrayList<>();
        // When
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                ExecutorService network = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int upload = 0; upload < 50; upload++) {
                uploads.add(threads.submit(() -> uploadParts(memory, network)));
            }
            // Then
            for (Future<?> upload : uploads) {
                upload.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(memory.used()).isZero();
        assertThat(memory.peak()).isEqualTo((PART_PAGES + 3L) * PAGE);
    }

    @SuppressWarnings("ThreadPriorityCheck") // yields to make interleavings likely, relies on none
    private static void uploadParts(UploadMemory memory, ExecutorService network) {
        try (UploadMemory.Share share = memory.share()) {
            for (int part = 0; part < 3; part++) {
                for (int page = 0; page < PART_PAGES; page++) {
                    assertThat(share.page()).hasSize(PAGE);
                    Thread.yield();
                }
                Runnable sent = share.detach();
                network.execute(sent);
            }
            share.page();
        }
    }

    @Test
    void memoryIsGivenInTheOrderOfAsking() {
        // Given
        UploadMemory memory = memory(PART_PAGES + 1, Duration.ofSeconds(20));
        UploadMemory.Share holder = memory.share();
        holder.page();
        UploadMemory.Share reserveUser = memory.share();
        reserveUser.page();
        List<String> served = new ArrayList<>();
        Thread first = waiter(memory, "first", served);
        await().until(() -> first.getState() == Thread.State.TIMED_WAITING);
        Thread second = waiter(memory, "second", served);
        await().until(() -> second.getState() == Thread.State.TIMED_WAITING);
        // When
        holder.close();
        // Then
        await().until(() -> !first.isAlive());
        assertThat(served.getFirst()).isEqualTo("first");
        reserveUser.close();
        await().until(() -> !second.isAlive());
    }

    private static Thread waiter(UploadMemory memory, String name, List<String> served) {
        return Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try (UploadMemory.Share share = memory.share()) {
                                share.page();
                                synchronized (served) {
                                    served.add(name);
                                }
                            }
                        });
    }

    @Test
    void waitersGiveUpWhenNothingMovesAtAll() {
        // Given
        UploadMemory memory = memory(PART_PAGES + 1, Duration.ofMillis(200));
        UploadMemory.Share stalled = memory.share();
        UploadMemory.Share stalledWithReserve = memory.share();
        stalled.page();
        stalledWithReserve.page();
        // When, then
        UploadMemory.Share victim = memory.share();
        assertThatThrownBy(victim::page)
                .isInstanceOfSatisfying(
                        PrismException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.OVERLOADED));
        stalled.close();
        assertThat(victim.page()).hasSize(PAGE);
        victim.close();
        stalledWithReserve.close();
        assertThat(memory.used()).isZero();
    }

    @Test
    void anInterruptedWaiterLeavesTheQueue() {
        // Given
        UploadMemory memory = memory(PART_PAGES + 1, Duration.ofSeconds(20));
        UploadMemory.Share one = memory.share();
        one.page();
        UploadMemory.Share two = memory.share();
        two.page();
        AtomicBoolean cancelled = new AtomicBoolean();
        Thread waiter =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    try (UploadMemory.Share share = memory.share()) {
                                        share.page();
                                    } catch (PrismException failure) {
                                        cancelled.set(failure.code() == ErrorCode.CANCELLED);
                                    }
                                });
        await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
        // When
        waiter.interrupt();
        // Then
        await().untilTrue(cancelled);
        one.close();
        two.close();
        assertThat(memory.used()).isZero();
    }
}
