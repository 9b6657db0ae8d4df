package io.prism.gateway.queue;

import io.prism.core.claim.Claim;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.error.Errors;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.queue.PartitionWork.Held;
import io.prism.gateway.queue.PartitionWork.Settlement;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a message leaves a queue: accepted, or moved to the dead letters. Whoever waits for its claim
 * is told first, and a copy is durable first; a kill -9 in between repeats a step and loses none.
 * Thread-safe.
 */
final class Settling {
    private static final Logger log = LoggerFactory.getLogger(Settling.class);

    private final QueueId id;
    private final ServedNamespace namespace;
    private final DeadLetters deadLetters;
    private final QueueMetrics metrics;
    private final Executor blocking;
    private final Source source;

    /** Where the records are held. */
    interface Source {
        /** False if the record is not held any more. */
        boolean settle(Held held, Settlement settlement);
    }

    /**
     * @param blocking runs each task on a thread that may block
     */
    Settling(
            QueueId id,
            ServedNamespace namespace,
            DeadLetters deadLetters,
            QueueMetrics metrics,
            Executor blocking,
            Source source) {
        this.id = id;
        this.namespace = namespace;
        this.deadLetters = deadLetters;
        this.metrics = metrics;
        this.blocking = blocking;
        this.source = source;
    }

    static PrismException leaseLost(LeaseId id) {
        return new PrismException(
                ErrorCode.LEASE_LOST,
                "the lease on message "
                        + id.published()
                        + " is over: it was settled before, or it ran out or its stream or gateway"
                        + " ended and the message is delivered again");
    }

    /**
     * The message is done. Fails with LEASE_LOST if it is not held any more; if its claim's
     * acknowledgement cannot be told, with why, and the message is handed out again.
     */
    CompletableFuture<Void> accept(Lease lease) {
        return tell(lease.claimId())
                .handle(
                        (told, failure) -> {
                            if (failure != null) {
                                source.settle(lease.held, Settlement.AGAIN);
                                throw new CompletionException(Errors.unwrap(failure));
                            }
                            if (!source.settle(lease.held, Settlement.DONE)) {
                                throw leaseLost(lease.id);
                            }
                            metrics.accepted.increment();
                            return null;
                        });
    }

    private CompletableFuture<Void> tell(Optional<UUID> claim) {
        return claim.map(
                        c ->
                                namespace
                                        .journal()
                                        .acknowledged(c, id.subscription(), Optional.empty()))
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    /**
     * Moves a message to the dead letters; if that cannot be, the future says why and the message
     * is handed out again.
     *
     * @param deliveries how often it was delivered
     */
    CompletableFuture<Void> bury(Held held, Optional<Claim> claim, int deliveries, String reason) {
        Optional<UUID> claimId = claim.map(Claim::id);
        return CompletableFuture.supplyAsync(
                        () ->
                                deadLetters.bury(
                                        namespace, id, held.entry(), claimId, deliveries, reason),
                        blocking)
                .thenCompose(stored -> stored)
                .thenCompose(stored -> tell(claimId))
                .handle(
                        (told, failure) -> {
                            if (failure == null) {
                                source.settle(held, Settlement.DONE);
                                metrics.deadLetters.increment();
                                return null;
                            }
                            log.atWarn()
                                    .setMessage(
                                            "a message could not be moved to the dead letters; it"
                                                    + " is delivered again")
                                    .addKeyValue("queue", id)
                                    .setCause(Errors.unwrap(failure))
                                    .log();
                            source.settle(held, Settlement.AGAIN);
                            throw new CompletionException(Errors.unwrap(failure));
                        });
    }
}
