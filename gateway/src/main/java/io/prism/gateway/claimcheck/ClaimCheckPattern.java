package io.prism.gateway.claimcheck;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimStore;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.PatternSpec;
import io.prism.core.trace.Trace;
import io.prism.gateway.error.Errors;
import io.prism.gateway.journal.ClaimJournal;
import io.prism.gateway.pattern.ClaimKeeper;
import io.prism.gateway.pattern.Incoming;
import io.prism.gateway.pattern.Outgoing;
import io.prism.gateway.pattern.Pattern;
import io.prism.gateway.pattern.PatternMetadata;
import io.prism.gateway.pattern.Payload;
import io.prism.gateway.pattern.PayloadOpener;
import io.prism.gateway.pattern.PublishStage;
import io.prism.gateway.pattern.Receipt;
import io.prism.gateway.sweep.ClaimTotals;
import io.prism.gateway.sweep.SweepReport;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores a payload that is larger than the threshold before the record is appended: a crash in
 * between leaves an object that nothing points to, never a record that points to nothing.
 */
final class ClaimCheckPattern implements Pattern, PayloadOpener, ClaimKeeper {
    private static final Logger log = LoggerFactory.getLogger(ClaimCheckPattern.class);
    private static final int USAGE_EVERY = 10;

    private final PatternSpec.ClaimCheck spec;
    private final ClaimStore store;
    private final ClaimJournal journal;
    private final ClaimCheckMetrics metrics;
    private final ClaimSweeper sweeper;
    private final Clock clock;
    private final Executor blocking;
    private int maintained;

    ClaimCheckPattern(
            PatternSpec.ClaimCheck spec,
            ClaimStore store,
            ClaimJournal journal,
            ClaimCheckMetrics metrics,
            ClaimSweeper sweeper,
            Clock clock,
            Executor blocking) {
        this.spec = spec;
        this.store = store;
        this.journal = journal;
        this.metrics = metrics;
        this.sweeper = sweeper;
        this.clock = clock;
        this.blocking = blocking;
    }

    @Override
    public CompletableFuture<Receipt> publish(Outgoing message, PublishStage next) {
        return switch (message.payload()) {
            case Payload.Inline(ByteString bytes) when bytes.size() <= spec.threshold().bytes() ->
                    next.publish(message);
            case Payload.Inline(ByteString bytes) ->
                    store(bytes, message.trace().callOut("s3.put_object"))
                            .whenComplete(this::count)
                            .thenComposeAsync(claim -> claimed(message, claim, next), blocking);
            case Payload.Chunked(Payload.Source source) ->
                    CompletableFuture.supplyAsync(() -> receive(source, message.trace()), blocking)
                            .thenCompose(
                                    payload ->
                                            payload instanceof Payload.Claimed(Claim claim)
                                                    ? claimed(message, claim, next)
                                                    : next.publish(message.withPayload(payload)));
            case Payload.Claimed claimed -> next.publish(message);
        };
    }

    private CompletableFuture<Claim> store(ByteString bytes, Trace put) {
        return put.during(
                () -> {
                    CompletableFuture<Claim> stored = store.store(bytes.asReadOnlyByteBufferList());
                    return put.recording() ? stored.thenApply(claim -> told(put, claim)) : stored;
                });
    }

    private static Claim told(Trace trace, Claim claim) {
        trace.set("prism.claim_id", claim.id().toString()).set("prism.claim_size", claim.size());
        return claim;
    }

    private CompletableFuture<Receipt> claimed(Outgoing message, Claim claim, PublishStage next) {
        if (!journal.listens()) {
            return append(message, claim, next);
        }
        return journal.announce(claim, message.topic())
                .whenComplete(
                        (announced, failure) -> {
                            if (failure != null) {
                                // No record was appended, so nothing can refer to it.
                                blocking.execute(() -> discard(claim));
                            }
                        })
                .thenComposeAsync(announced -> append(message, claim, next), blocking);
    }

    private CompletableFuture<Receipt> append(Outgoing message, Claim claim, PublishStage next) {
        return next.publish(message.withPayload(new Payload.Claimed(claim)))
                .whenComplete(
                        (receipt, failure) -> {
                            // A duplicate's place is the first one's, with a claim of its own.
                            if (failure == null ? receipt.duplicate() : !mayBeStored(failure)) {
                                blocking.execute(() -> discard(claim));
                            }
                        });
    }

    /**
     * After UNAVAILABLE the record may be in the log, or the row in the database, after all: the
     * object stays, and expires or is swept.
     */
    private static boolean mayBeStored(Throwable failure) {
        Throwable cause = Errors.unwrap(failure);
        return !(cause instanceof PrismException known)
                || known.code() == ErrorCode.BACKEND_UNAVAILABLE
                || known.code() == ErrorCode.DATABASE_UNAVAILABLE
                || known.code() == ErrorCode.INTERNAL;
    }

    private void discard(Claim claim) {
        try {
            store.delete(List.of(claim));
            metrics.storageBytes.addAndGet(-claim.size());
            var unused = journal.deleted(claim.id()).exceptionally(this::untold);
        } catch (PrismException e) {
            log.atWarn()
                    .setMessage("an unpublished claim could not be deleted; it expires or is swept")
                    .addKeyValue("claim", claim.id())
                    .setCause(e)
                    .log();
        }
    }

    /** What the lifecycle goes on following then is dropped at its ttl. */
    private @Nullable Void untold(Throwable failure) {
        log.atDebug().setMessage("a deletion could not be told").setCause(failure).log();
        return null;
    }

    /**
     * Takes a payload of unknown length: inline if it ends at or below the threshold, uploaded
     * while it arrives if not.
     */
    private Payload receive(Payload.Source source, Trace trace) {
        List<ByteString> head = new ArrayList<>();
        long size = 0;
        ByteString chunk = source.next();
        while (chunk != null && size + chunk.size() <= spec.threshold().bytes()) {
            head.add(chunk);
            size += chunk.size();
            chunk = source.next();
        }
        if (chunk == null) {
            return new Payload.Inline(ByteString.copyFrom(head));
        }
        Trace put = trace.callOut("s3.upload");
        ByteString next = chunk;
        try {
            Claim claim = put.doing(() -> told(put, upload(head, next, source)));
            count(claim, null);
            return new Payload.Claimed(claim);
        } catch (PrismException e) {
            if (e.code() != ErrorCode.CANCELLED) {
                metrics.failed(e);
            }
            throw e;
        }
    }

    private Claim upload(List<ByteString> head, ByteString next, Payload.Source source) {
        try (ClaimStore.Upload upload = store.begin()) {
            head.forEach(piece -> write(upload, piece));
            head.clear();
            for (ByteString chunk = next; chunk != null; chunk = source.next()) {
                write(upload, chunk);
            }
            return upload.complete();
        }
    }

    private static void write(ClaimStore.Upload upload, ByteString piece) {
        for (ByteBuffer buffer : piece.asReadOnlyByteBufferList()) {
            upload.write(buffer);
        }
    }

    private void count(@Nullable Claim claim, @Nullable Throwable failure) {
        if (claim != null) {
            metrics.stored.increment();
            metrics.storageBytes.addAndGet(claim.size());
        } else if (failure != null) {
            metrics.failed(failure);
        }
    }

    @Override
    public CompletableFuture<Incoming> consume(Incoming message) {
        Optional<Claim> claim = message.head().claim();
        if (claim.isEmpty()) {
            return CompletableFuture.completedFuture(message);
        }
        if (claim.get().size() > message.maxInline()) {
            return CompletableFuture.completedFuture(
                    message.withPayload(new Payload.Claimed(claim.get())));
        }
        return load(claim.get(), message.trace().callOut("s3.get_object"))
                .whenComplete(
                        (bytes, failure) -> {
                            if (failure == null) {
                                metrics.retrieved.increment();
                            } else {
                                metrics.failed(failure);
                            }
                        })
                .thenApply(
                        bytes ->
                                message.withPayload(
                                        new Payload.Inline(
                                                UnsafeByteOperations.unsafeWrap(bytes))));
    }

    private CompletableFuture<byte[]> load(Claim claim, Trace get) {
        if (get.recording()) {
            var unused = told(get, claim);
        }
        return get.during(() -> store.load(claim));
    }

    @Override
    public PatternMetadata metadata() {
        return ClaimCheckProvider.METADATA;
    }

    @Override
    public ClaimStore.Download open(Claim claim, long offset, long length) {
        try {
            ClaimStore.Download download = store.open(claim, offset, length);
            metrics.retrieved.increment();
            return download;
        } catch (PrismException e) {
            metrics.failed(e);
            throw e;
        }
    }

    @Override
    public ClaimTotals claims() {
        return ClaimTotals.of(store);
    }

    @Override
    public SweepReport sweep(Duration grace, boolean dryRun) {
        return sweeper.now(grace, dryRun);
    }

    @Override
    public void maintain() {
        sweeper.maybe();
        try {
            Optional<Duration> ttl = spec.cleanup().ttl();
            if (ttl.isPresent()) {
                ClaimStore.Expired expired = store.expireBefore(clock.instant().minus(ttl.get()));
                metrics.cleanedUp.addAndGet(expired.claims());
                metrics.storageBytes.addAndGet(-expired.bytes());
                if (expired.claims() + expired.uploads() > 0) {
                    log.atInfo()
                            .setMessage("claims expired")
                            .addKeyValue("claims", expired.claims())
                            .addKeyValue("bytes", expired.bytes())
                            .addKeyValue("uploads", expired.uploads())
                            .log();
                }
            }
            if (maintained++ % USAGE_EVERY == 0) {
                metrics.storageBytes.set(store.usage().bytes());
            }
        } catch (PrismException e) {
            metrics.cleanupFailures.increment();
            log.atWarn()
                    .setMessage("claims could not be expired; trying again later")
                    .setCause(e)
                    .log();
        }
    }

    @Override
    public void close() {
        metrics.close();
    }
}
