package io.prism.core.claim;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.PatternSpec.Compression;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** A namespace's claims in an S3 bucket, one object each. */
final class S3ClaimStore implements ClaimStore {
    private static final int FIRST_ALLOCATION = 1 << 20;
    private static final String READING = "reading a payload";

    /**
     * What the stores of a process share.
     *
     * @param blocking runs work that waits, a thread each
     * @param computing runs digests and compression, a few threads
     */
    record Resources(
            TimeOrderedIds ids,
            UploadMemory uploads,
            ReadMemory reads,
            PartSizes partSizes,
            Executor blocking,
            Executor computing) {}

    private final S3Bucket bucket;
    private final ClaimRules rules;
    private final Compression compression;
    private final Resources resources;
    private final S3Sweep sweep;

    S3ClaimStore(S3Bucket bucket, ClaimRules rules, Compression compression, Resources resources) {
        this.bucket = bucket;
        this.rules = rules;
        this.compression = compression;
        this.resources = resources;
        this.sweep = new S3Sweep(bucket, rules);
    }

    @Override
    public void ensureReady() {
        bucket.ensureExists();
    }

    @Override
    public CompletableFuture<Claim> store(List<ByteBuffer> payload) {
        UUID id = resources.ids().next();
        return async(() -> storeNow(id, payload));
    }

    /** Unlike {@code supplyAsync}, hands failures on as they are. */
    private <T> CompletableFuture<T> async(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        resources
                .blocking()
                .execute(
                        () -> {
                            try {
                                result.complete(work.get());
                            } catch (Throwable failure) {
                                result.completeExceptionally(failure);
                            }
                        });
        return result;
    }

    private Claim storeNow(UUID id, List<ByteBuffer> payload) {
        Encoded encoded =
                bucket.await(
                        "encoding a payload",
                        CompletableFuture.supplyAsync(
                                () -> Encoded.of(compression, payload), resources.computing()));
        Claim claim = encoded.claim(id, rules.keyOf(id));
        bucket.await("storing a payload", bucket.put(claim, encoded.body()));
        return claim;
    }

    @Override
    public Upload begin() {
        UUID id = resources.ids().next();
        return new S3Upload(
                bucket,
                id,
                rules.keyOf(id),
                compression,
                resources.uploads(),
                resources.partSizes());
    }

    @Override
    public CompletableFuture<byte[]> load(Claim claim) {
        return async(() -> loadNow(claim));
    }

    private byte[] loadNow(Claim claim) {
        if (claim.size() > Integer.MAX_VALUE - 8) {
            throw new PrismException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "a payload of " + claim.size() + " bytes does not fit in memory; fetch it");
        }
        try (PayloadReader reader = reader(claim, 0, 0)) {
            // An object stored as is was found to have this size; what an encoded one holds is only
            // known once it is decoded.
            boolean sizeIsSure = claim.encoding() == Compression.IDENTITY;
            return reader.readAll(sizeIsSure ? claim.size() : FIRST_ALLOCATION);
        }
    }

    @Override
    public Download open(Claim claim, long offset, long length) {
        return reader(claim, offset, length);
    }

    @Override
    public URI presign(Claim claim, Duration validity) {
        rules.check(claim);
        return bucket.presign(claim.key(), validity);
    }

    private PayloadReader reader(Claim claim, long offset, long length) {
        rules.check(claim);
        long count = ClaimRules.rangeLength(claim, offset, length);
        if (count == 0) {
            return nothing(claim, offset);
        }
        return claim.encoding() == Compression.IDENTITY
                ? range(claim, offset, count)
                : new PayloadReader(claim, encodedObject(claim), offset, count);
    }

    private PayloadReader range(Claim claim, long offset, long count) {
        S3ObjectInput object =
                new S3ObjectInput(
                        bucket, rules, claim, resources.reads(), offset, count, claim.size());
        if (object.total() != claim.size()) {
            object.close();
            throw ClaimRules.corrupt(
                    claim, "it has " + object.total() + " bytes, not " + claim.size(), null);
        }
        return new PayloadReader(claim, object, offset, count);
    }

    private S3ObjectInput encodedObject(Claim claim) {
        long most = Codec.maxEncoded(claim.encoding(), claim.size());
        return new S3ObjectInput(bucket, rules, claim, resources.reads(), 0, most, most);
    }

    /** S3 has no empty ranges: only the object's presence and length can be checked. */
    private PayloadReader nothing(Claim claim, long offset) {
        HeadObjectResponse head = head(claim);
        boolean storedAsIs = claim.encoding() == Compression.IDENTITY;
        if (storedAsIs ? head.contentLength() != claim.size() : claim.size() == 0) {
            throw ClaimRules.corrupt(
                    claim, "the object has " + head.contentLength() + " bytes", null);
        }
        Claim end =
                new Claim(
                        claim.id(),
                        claim.key(),
                        claim.size(),
                        claim.sha256(),
                        Compression.IDENTITY);
        return new PayloadReader(end, InputStream.nullInputStream(), offset, 0);
    }

    private HeadObjectResponse head(Claim claim) {
        try {
            return bucket.await(READING, bucket.head(claim.key()));
        } catch (PrismException failure) {
            if (failure.getCause() != null && S3Errors.isAbsent(failure.getCause())) {
                throw rules.absent(claim, failure.getCause());
            }
            throw failure;
        }
    }

    @Override
    public Expired expireBefore(Instant cutoff) {
        return sweep.expireBefore(cutoff);
    }

    @Override
    public long abortIdleUploads(Instant cutoff) {
        return sweep.abortIdleUploads(cutoff);
    }

    @Override
    public void list(Instant from, Instant before, Consumer<List<Stored>> page) {
        sweep.list(from, before, page);
    }

    @Override
    public long deleteIds(List<UUID> ids) {
        sweep.deleteKeys(ids.stream().map(rules::keyOf).toList());
        return ids.size();
    }

    @Override
    public Usage usage() {
        return sweep.usage();
    }

    @Override
    public long delete(List<Claim> claims) {
        claims.forEach(rules::check);
        sweep.deleteKeys(claims.stream().map(Claim::key).toList());
        return claims.size();
    }

    @Override
    public long deleteAll() {
        return sweep.deleteAll();
    }
}
