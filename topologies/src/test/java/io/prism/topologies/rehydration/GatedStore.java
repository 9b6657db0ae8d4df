package io.prism.topologies.rehydration;

import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimStore;
import io.prism.core.claim.InMemoryClaimStore;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.PatternSpec;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A claim store whose loads come when the test lets them, and fail when it says so. */
final class GatedStore implements ClaimStore {
    final ClaimStore inner =
            new InMemoryClaimStore(
                    new PatternSpec.ClaimCheck(
                            new DataSize(0),
                            new PatternSpec.Storage(
                                    Optional.empty(),
                                    "t/",
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty()),
                            PatternSpec.Compression.IDENTITY,
                            new PatternSpec.Cleanup(
                                    PatternSpec.Cleanup.Strategy.NONE, Optional.empty()),
                            Optional.empty()),
                    new TimeOrderedIds(Clock.systemUTC(), new Random(7)),
                    Clock.systemUTC());
    final AtomicInteger loads = new AtomicInteger();
    final AtomicInteger refusals = new AtomicInteger();
    private final Map<UUID, CompletableFuture<Void>> gates = new ConcurrentHashMap<>();

    Claim stored(byte[] payload) {
        return inner.store(List.of(ByteBuffer.wrap(payload))).join();
    }

    /** Loads of this claim wait until it is opened. */
    void shut(Claim claim) {
        gates.put(claim.id(), new CompletableFuture<>());
    }

    void open(Claim claim) {
        gates.getOrDefault(claim.id(), new CompletableFuture<>()).complete(null);
    }

    @Override
    public CompletableFuture<byte[]> load(Claim claim) {
        loads.incrementAndGet();
        if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return CompletableFuture.failedFuture(
                    new PrismException(ErrorCode.STORAGE_UNAVAILABLE, "storage is down"));
        }
        return gates.getOrDefault(claim.id(), CompletableFuture.completedFuture(null))
                .thenCompose(open -> inner.load(claim));
    }

    @Override
    public void ensureReady() {
        inner.ensureReady();
    }

    @Override
    public CompletableFuture<Claim> store(List<ByteBuffer> payload) {
        return inner.store(payload);
    }

    @Override
    public Upload begin() {
        return inner.begin();
    }

    @Override
    public Download open(Claim claim, long offset, long length) {
        return inner.open(claim, offset, length);
    }

    @Override
    public URI presign(Claim claim, Duration validity) {
        return inner.presign(claim, validity);
    }

    @Override
    public Expired expireBefore(Instant cutoff) {
        return inner.expireBefore(cutoff);
    }

    @Override
    public void list(Instant from, Instant before, Consumer<List<Stored>> page) {
        inner.list(from, before, page);
    }

    @Override
    public long abortIdleUploads(Instant cutoff) {
        return inner.abortIdleUploads(cutoff);
    }

    @Override
    public Usage usage() {
        return inner.usage();
    }

    @Override
    public long delete(List<Claim> claims) {
        return inner.delete(claims);
    }

    @Override
    public long deleteIds(List<UUID> ids) {
        return inner.deleteIds(ids);
    }

    @Override
    public long deleteAll() {
        return inner.deleteAll();
    }
}
