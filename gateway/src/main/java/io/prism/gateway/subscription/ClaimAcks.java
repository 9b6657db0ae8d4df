package io.prism.gateway.subscription;

import io.prism.core.error.PrismException;
import io.prism.gateway.error.Errors;
import io.prism.gateway.journal.ClaimJournal;
import io.prism.gateway.pattern.Incoming;
import io.prism.v1.Event;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells the journal which claims a stream is done with, again and again until it is durable or the
 * stream is over. What did not become durable is not committed, so it is delivered again. Never
 * called under the stream's lock. Thread-safe.
 */
final class ClaimAcks {
    private static final Logger log = LoggerFactory.getLogger(ClaimAcks.class);
    private static final long RETRY_MILLIS = 500;

    /**
     * How long a payload that was delivered as a reference, and acknowledged by delivery, can be
     * fetched before it counts as consumed.
     */
    static final Duration FETCH_WINDOW = Duration.ofHours(1);

    private final ClaimJournal journal;
    private final String subscription;
    private final Clock clock;
    private final Map<Long, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
    private final AtomicLong count = new AtomicLong();
    private volatile boolean stopped;

    /**
     * @param subscription a durable one's name; empty for an ephemeral consumer
     */
    ClaimAcks(ClaimJournal journal, String subscription, Clock clock) {
        this.journal = journal;
        this.subscription = subscription;
        this.clock = clock;
    }

    /** The claim whose acknowledgement must be told; null for most messages. */
    @Nullable UUID claimOf(Incoming message) {
        return journal.listens() ? message.head().claim().map(c -> c.id()).orElse(null) : null;
    }

    /**
     * The subscriber has said that it is done.
     *
     * @param durable run once, on any thread, when the acknowledgement is durable
     */
    void acknowledged(UUID claim, Runnable durable) {
        tell(claim, Optional.empty(), durable);
    }

    /** The event was handed to the subscriber, who says nothing of its own. */
    void delivered(UUID claim, Event event, Runnable durable) {
        tell(
                claim,
                event.getPayloadRef().isEmpty()
                        ? Optional.empty()
                        : Optional.of(clock.instant().plus(FETCH_WINDOW)),
                durable);
    }

    private void tell(UUID claim, Optional<Instant> keepUntil, Runnable durable) {
        CompletableFuture<Void> told = new CompletableFuture<>();
        Long number = count.incrementAndGet();
        underWay.put(number, told);
        told.whenComplete((done, failure) -> underWay.remove(number));
        attempt(claim, keepUntil, durable, told);
    }

    private void attempt(
            UUID claim,
            Optional<Instant> keepUntil,
            Runnable durable,
            CompletableFuture<Void> told) {
        if (stopped) {
            told.cancel(false);
            return;
        }
        journal.acknowledged(claim, subscription, keepUntil)
                .whenComplete(
                        (done, failure) -> {
                            if (failure == null) {
                                durable.run();
                                told.complete(null);
                            } else {
                                retry(claim, keepUntil, durable, told, Errors.unwrap(failure));
                            }
                        });
    }

    private void retry(
            UUID claim,
            Optional<Instant> keepUntil,
            Runnable durable,
            CompletableFuture<Void> told,
            Throwable failure) {
        log.atWarn()
                .setMessage("an acknowledgement could not be told; trying again")
                .addKeyValue("claim", claim)
                .addKeyValue(
                        "code", failure instanceof PrismException known ? known.code() : "INTERNAL")
                .log();
        CompletableFuture.delayedExecutor(
                        RETRY_MILLIS,
                        TimeUnit.MILLISECONDS,
                        task -> Thread.ofVirtual().name("claim-acks").start(task))
                .execute(() -> attempt(claim, keepUntil, durable, told));
    }

    /** Waits for what is under way, but not long. */
    void await(Duration patience) {
        CompletableFuture.allOf(underWay.values().toArray(CompletableFuture[]::new))
                .<@Nullable Void>handle((done, failure) -> null)
                .completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** Gives up on what is not durable yet. */
    void stop() {
        stopped = true;
    }
}
