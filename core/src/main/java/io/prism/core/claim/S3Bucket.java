package io.prism.core.claim;

import io.prism.core.error.PrismException;
import io.prism.core.spec.PatternSpec.Compression;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * One bucket's objects. Every request has a deadline; transfers wait for a connection before theirs
 * begins. Thread-safe.
 */
final class S3Bucket {
    private static final String OCTETS = "application/octet-stream";

    private final S3Connection connection;
    private final String name;
    private final S3Errors errors;
    private final S3Deadlines deadlines;

    S3Bucket(S3Connection connection, String name) {
        this.connection = connection;
        this.name = name;
        this.errors = new S3Errors(name, connection.endpoint());
        this.deadlines = connection.deadlines();
    }

    String name() {
        return name;
    }

    S3AsyncClient client() {
        return connection.client();
    }

    S3Errors errors() {
        return errors;
    }

    S3Deadlines deadlines() {
        return deadlines;
    }

    URI presign(String key, Duration validity) {
        try {
            return connection
                    .presigner()
                    .presignGetObject(
                            request ->
                                    request.signatureDuration(validity)
                                            .getObjectRequest(get -> get.bucket(name).key(key)))
                    .url()
                    .toURI();
        } catch (SdkException | URISyntaxException failure) {
            throw errors.map("signing a URL", failure);
        }
    }

    /**
     * Waits for an answer; failures become ours.
     *
     * @param doing what the request does, for the message of a failure
     */
    <T> T await(String doing, CompletableFuture<T> answer) {
        try {
            return answer.get();
        } catch (ExecutionException | RuntimeException failure) {
            throw errors.map(doing, failure);
        } catch (InterruptedException interrupted) {
            answer.cancel(true);
            throw errors.map(doing, interrupted);
        }
    }

    /** Whether the bucket is there; blocks. */
    boolean exists() {
        try {
            await(
                    "looking for the bucket",
                    client().headBucket(
                                    head ->
                                            head.bucket(name)
                                                    .overrideConfiguration(
                                                            deadlines.quick()::applyTo)));
            return true;
        } catch (PrismException failure) {
            if (failure.getCause() != null && S3Errors.hasStatus(failure.getCause(), 404)) {
                return false;
            }
            throw failure;
        }
    }

    /** Makes the bucket unless it is there; any number of processes may do so at once. Blocks. */
    void ensureExists() {
        if (exists()) {
            return;
        }
        try {
            await(
                    "creating the bucket",
                    client().createBucket(
                                    create ->
                                            create.bucket(name)
                                                    .overrideConfiguration(
                                                            deadlines.patient()::applyTo)));
        } catch (PrismException failure) {
            // Another process may have made it meanwhile: whatever the answer, what counts is
            // whether it is there for us now.
            if (failure.getCause() == null
                    || !S3Errors.hasStatus(failure.getCause(), 409)
                    || !exists()) {
                throw failure;
            }
        }
    }

    /**
     * What an object says of itself, for people who look into the bucket; Prism reads none of it.
     */
    static Map<String, String> metadata(Compression encoding) {
        return Map.of("prism-encoding", encoding.name().toLowerCase(Locale.ROOT));
    }

    static Map<String, String> metadata(Claim claim) {
        return Map.of(
                "prism-encoding", claim.encoding().name().toLowerCase(Locale.ROOT),
                "prism-size", Long.toString(claim.size()),
                "prism-sha256", claim.sha256());
    }

    CompletableFuture<PutObjectResponse> put(Claim claim, Body body) {
        String crc32c = body.crc32c();
        return transfer(
                () ->
                        client().putObject(
                                        put ->
                                                put.bucket(name)
                                                        .key(claim.key())
                                                        .contentType(OCTETS)
                                                        .contentLength(body.size())
                                                        .metadata(metadata(claim))
                                                        .checksumCRC32C(crc32c)
                                                        .overrideConfiguration(
                                                                deadlines.transfer(body.size())
                                                                        ::applyTo),
                                        body.asRequest()));
    }

    /**
     * A range of an object, which may end before it does.
     *
     * @param etag the object must still be this one; empty for any
     */
    CompletableFuture<Fetched> get(String key, long from, long length, String etag) {
        return transfer(() -> getNow(key, from, length, etag));
    }

    private CompletableFuture<Fetched> getNow(String key, long from, long length, String etag) {
        return client().getObject(
                        get -> {
                            get.bucket(name)
                                    .key(key)
                                    .range("bytes=" + from + "-" + (from + length - 1))
                                    .overrideConfiguration(deadlines.transfer(length)::applyTo);
                            if (!etag.isEmpty()) {
                                get.ifMatch(etag);
                            }
                        },
                        Fetched.receiver());
    }

    CompletableFuture<HeadObjectResponse> head(String key) {
        return client().headObject(
                        head ->
                                head.bucket(name)
                                        .key(key)
                                        .overrideConfiguration(deadlines.quick()::applyTo));
    }

    CompletableFuture<CreateMultipartUploadResponse> createUpload(
            String key, Compression encoding) {
        return client().createMultipartUpload(
                        create ->
                                create.bucket(name)
                                        .key(key)
                                        .contentType(OCTETS)
                                        .metadata(metadata(encoding))
                                        .checksumAlgorithm(ChecksumAlgorithm.CRC32_C)
                                        .overrideConfiguration(deadlines.quick()::applyTo));
    }

    CompletableFuture<UploadPartResponse> uploadPart(
            String key, String uploadId, int number, Body body, String crc32c) {
        return transfer(
                () ->
                        client().uploadPart(
                                        part ->
                                                part.bucket(name)
                                                        .key(key)
                                                        .uploadId(uploadId)
                                                        .partNumber(number)
                                                        .contentLength(body.size())
                                                        .checksumCRC32C(crc32c)
                                                        .overrideConfiguration(
                                                                deadlines.transfer(body.size())
                                                                        ::applyTo),
                                        body.asRequest()));
    }

    CompletableFuture<CompleteMultipartUploadResponse> completeUpload(
            String key, String uploadId, List<CompletedPart> parts, long size) {
        return client().completeMultipartUpload(
                        complete ->
                                complete.bucket(name)
                                        .key(key)
                                        .uploadId(uploadId)
                                        .multipartUpload(upload -> upload.parts(parts))
                                        .overrideConfiguration(deadlines.assembly(size)::applyTo));
    }

    CompletableFuture<AbortMultipartUploadResponse> abortUpload(String key, String uploadId) {
        return client().abortMultipartUpload(
                        abort ->
                                abort.bucket(name)
                                        .key(key)
                                        .uploadId(uploadId)
                                        .overrideConfiguration(deadlines.patient()::applyTo));
    }

    CompletableFuture<ListPartsResponse> listParts(String key, String uploadId) {
        return listParts(key, uploadId, null);
    }

    /**
     * @param after the number of the part before the first one listed, or null
     */
    CompletableFuture<ListPartsResponse> listParts(
            String key, String uploadId, @Nullable Integer after) {
        return client().listParts(
                        list ->
                                list.bucket(name)
                                        .key(key)
                                        .uploadId(uploadId)
                                        .partNumberMarker(after)
                                        .overrideConfiguration(deadlines.quick()::applyTo));
    }

    CompletableFuture<DeleteObjectResponse> delete(String key) {
        return client().deleteObject(
                        delete ->
                                delete.bucket(name)
                                        .key(key)
                                        .overrideConfiguration(deadlines.quick()::applyTo));
    }

    private <T> CompletableFuture<T> transfer(Supplier<CompletableFuture<T>> request) {
        try {
            connection.slots().acquire();
        } catch (InterruptedException interrupted) {
            throw errors.map("waiting for a connection", interrupted);
        }
        try {
            CompletableFuture<T> answer = request.get();
            var unused = answer.whenComplete((value, failure) -> connection.slots().release());
            return answer;
        } catch (RuntimeException failure) {
            connection.slots().release();
            throw failure;
        }
    }
}
