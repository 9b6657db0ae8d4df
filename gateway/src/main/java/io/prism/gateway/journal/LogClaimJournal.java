package io.prism.gateway.journal;

import com.google.protobuf.UnsafeByteOperations;
import io.prism.core.claim.Claim;
import io.prism.core.claim.lifecycle.ClaimCodec;
import io.prism.core.claim.lifecycle.ClaimEvent;
import io.prism.core.claim.lifecycle.ClaimKey;
import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceName;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogRecord;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Writes events to the lifecycle's topic, keyed by claim. */
final class LogClaimJournal implements ClaimJournal {
    private final NamespaceName namespace;
    private final LogBackend backend;
    private final ReleaseLog releases;
    private final Clock clock;

    LogClaimJournal(NamespaceName namespace, LogBackend backend, ReleaseLog releases, Clock clock) {
        this.namespace = namespace;
        this.backend = backend;
        this.releases = releases;
        this.clock = clock;
    }

    @Override
    public boolean listens() {
        return true;
    }

    @Override
    public CompletableFuture<Void> announce(Claim claim, String topic) {
        return write(
                new ClaimEvent.Published(key(claim.id()), claim.key(), topic, clock.instant()));
    }

    @Override
    public CompletableFuture<Void> acknowledged(
            UUID claim, String subscription, Optional<Instant> keepUntil) {
        return write(new ClaimEvent.Acknowledged(key(claim), subscription, keepUntil));
    }

    @Override
    public CompletableFuture<Void> held(UUID claim, String by) {
        return write(new ClaimEvent.Held(key(claim), by));
    }

    @Override
    public CompletableFuture<Void> unheld(UUID claim, String by) {
        return write(new ClaimEvent.Unheld(key(claim), by));
    }

    @Override
    public CompletableFuture<Void> deleted(UUID claim) {
        return write(new ClaimEvent.Deleted(key(claim)));
    }

    @Override
    public boolean consumed(
            UUID claim, String subscription, Instant publishedAt, PrismException failure) {
        return switch (failure.code()) {
            // It may have been released a moment ago.
            case CLAIM_MISSING ->
                    releases.consumed(key(claim), subscription, publishedAt, clock.instant());
            // What expires was not released just now, and much may expire at once.
            case CLAIM_EXPIRED ->
                    releases.consumed(key(claim), subscription, publishedAt, publishedAt);
            default -> false;
        };
    }

    private ClaimKey key(UUID claim) {
        return new ClaimKey(namespace, claim);
    }

    private CompletableFuture<Void> write(ClaimEvent event) {
        return backend.append(
                        new LogRecord(
                                LifecycleTopics.EVENTS.name(),
                                null,
                                ClaimCodec.key(event.claim()),
                                UnsafeByteOperations.unsafeWrap(ClaimCodec.write(event)),
                                new RecordHeaders()))
                .thenAccept(place -> {});
    }
}
