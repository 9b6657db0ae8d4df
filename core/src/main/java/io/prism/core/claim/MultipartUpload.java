package io.prism.core.claim;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.PatternSpec.Compression;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * A multipart upload with at most {@link #IN_FLIGHT} parts on their way. Used by one thread; a part
 * that fails is reported by the next call.
 */
final class MultipartUpload {
    static final int IN_FLIGHT = 2;

    private static final Logger LOG = LoggerFactory.getLogger(MultipartUpload.class);
    private static final int ABORT_ATTEMPTS = 3;
    private static final String STORING = "storing a payload";
    private static final String ABORTING = "aborting an upload";

    private record Part(
            int number, long size, String crc32c, CompletableFuture<UploadPartResponse> answer) {}

    private final S3Bucket bucket;
    private final String key;
    private final String uploadId;
    private final ArrayDeque<Part> inFlight = new ArrayDeque<>();
    private final List<CompletedPart> completed = new ArrayList<>();
    private long size;

    /** Creates the upload; blocks. */
    MultipartUpload(S3Bucket bucket, String key, Compression encoding) {
        this.bucket = bucket;
        this.key = key;
        this.uploadId = bucket.await(STORING, bucket.createUpload(key, encoding)).uploadId();
    }

    /**
     * Sends the next part; blocks while too many are on their way.
     *
     * @param sent run once when the body is no longer needed, also when this throws
     */
    void send(Body body, Runnable sent) {
        Part part;
        try {
            while (inFlight.size() >= IN_FLIGHT) {
                awaitOldest();
            }
            int number = completed.size() + inFlight.size() + 1;
            if (number > PartSizes.MAX_PARTS) {
                throw new PrismException(
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "the payload needs more than "
                                + PartSizes.MAX_PARTS
                                + " parts; give the process more memory for uploads, which makes"
                                + " parts larger");
            }
            String crc32c = body.crc32c();
            part =
                    new Part(
                            number,
                            body.size(),
                            crc32c,
                            bucket.uploadPart(key, uploadId, number, body, crc32c));
        } catch (RuntimeException failure) {
            sent.run();
            throw failure instanceof PrismException ours
                    ? ours
                    : bucket.errors().map(STORING, failure);
        }
        inFlight.addLast(part);
        var unused = part.answer().whenComplete((answer, failure) -> sent.run());
    }

    private void awaitOldest() {
        Part oldest = inFlight.getFirst();
        UploadPartResponse answer = bucket.await(STORING, oldest.answer());
        inFlight.removeFirst();
        completed.add(
                CompletedPart.builder()
                        .partNumber(oldest.number())
                        .eTag(answer.eTag())
                        .checksumCRC32C(oldest.crc32c())
                        .build());
        size += oldest.size();
    }

    /** Throws if a part has failed; never blocks. */
    void checkHealthy() {
        for (Part part : inFlight) {
            if (part.answer().isCompletedExceptionally()) {
                bucket.await(STORING, part.answer());
            }
        }
    }

    /** Waits for all parts and makes them the object. */
    void complete() {
        while (!inFlight.isEmpty()) {
            awaitOldest();
        }
        completed.sort(Comparator.comparing(CompletedPart::partNumber));
        var assembled = bucket.completeUpload(key, uploadId, completed, size);
        try {
            bucket.await(STORING, assembled);
        } catch (PrismException failure) {
            // An earlier attempt may have succeeded without its answer reaching us.
            Throwable cause = failure.getCause();
            if (cause == null || !S3Errors.hasCode(cause, "NoSuchUpload") || !exists()) {
                throw failure;
            }
        }
    }

    private boolean exists() {
        try {
            return bucket.await(STORING, bucket.head(key)).contentLength() == size;
        } catch (PrismException absent) {
            return false;
        }
    }

    /**
     * Leaves nothing behind: a part that was on its way may arrive after an abort, so storage is
     * asked again until it knows of none. What cannot be aborted now is left to the sweeper.
     */
    void abort() {
        inFlight.forEach(part -> part.answer().cancel(true));
        try {
            for (int attempt = 1; attempt <= ABORT_ATTEMPTS; attempt++) {
                bucket.await(ABORTING, bucket.abortUpload(key, uploadId));
                if (bucket.await(ABORTING, bucket.listParts(key, uploadId)).parts().isEmpty()) {
                    return;
                }
            }
            LOG.atWarn()
                    .setMessage("parts keep arriving for an aborted upload; the sweeper has it")
                    .addKeyValue("bucket", bucket.name())
                    .addKeyValue("key", key)
                    .log();
        } catch (PrismException failure) {
            Throwable cause = failure.getCause();
            if (cause == null || !S3Errors.hasStatus(cause, 404)) {
                throw failure;
            }
        }
    }
}
