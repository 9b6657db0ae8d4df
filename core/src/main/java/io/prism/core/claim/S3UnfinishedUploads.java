package io.prism.core.claim;

import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import java.time.Instant;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.Part;

/**
 * Multipart uploads under one namespace's prefix that were begun and neither completed nor aborted.
 * Blocks. Each method answers how many it aborted.
 */
final class S3UnfinishedUploads {
    private static final String UNFINISHED = "removing unfinished uploads";

    private final S3Bucket bucket;
    private final ClaimRules rules;

    S3UnfinishedUploads(S3Bucket bucket, ClaimRules rules) {
        this.bucket = bucket;
        this.rules = rules;
    }

    long abortAll() {
        return abortUploads(upload -> true);
    }

    /** Those begun before the cutoff, idle or not. */
    long abortBefore(Instant cutoff) {
        return abortUploads(upload -> isClaimBefore(upload.key(), cutoff));
    }

    /** Those begun before the cutoff that have taken no part since. */
    long abortIdle(Instant cutoff) {
        return abortUploads(
                upload -> isClaimBefore(upload.key(), cutoff) && isIdleSince(upload, cutoff));
    }

    /** False where the storage does not say when parts came: expiry aborts such uploads. */
    private boolean isIdleSince(MultipartUpload upload, Instant cutoff) {
        Integer after = null;
        ListPartsResponse page;
        do {
            try {
                page =
                        bucket.await(
                                UNFINISHED,
                                bucket.listParts(upload.key(), upload.uploadId(), after));
            } catch (PrismException failure) {
                if (failure.getCause() != null && S3Errors.hasStatus(failure.getCause(), 404)) {
                    return false;
                }
                throw failure;
            }
            for (Part part : page.parts()) {
                if (part.lastModified() == null || !part.lastModified().isBefore(cutoff)) {
                    return false;
                }
            }
            after = page.nextPartNumberMarker();
        } while (Boolean.TRUE.equals(page.isTruncated()) && after != null);
        return true;
    }

    private boolean isClaimBefore(String key, Instant cutoff) {
        return rules.idOf(key)
                .map(id -> TimeOrderedIds.instantOf(id).isBefore(cutoff))
                .orElse(false);
    }

    private long abortUploads(Predicate<MultipartUpload> which) {
        long aborted = 0;
        String keyMarker = null;
        String idMarker = null;
        ListMultipartUploadsResponse page;
        do {
            page = listUploads(keyMarker, idMarker);
            for (MultipartUpload upload : page.uploads()) {
                if (upload.key().startsWith(rules.prefix()) && which.test(upload)) {
                    aborted += abort(upload) ? 1 : 0;
                }
            }
            keyMarker = page.nextKeyMarker();
            idMarker = page.nextUploadIdMarker();
        } while (Boolean.TRUE.equals(page.isTruncated()) && keyMarker != null);
        return aborted;
    }

    private ListMultipartUploadsResponse listUploads(
            @Nullable String keyMarker, @Nullable String idMarker) {
        return bucket.await(
                UNFINISHED,
                bucket.client()
                        .listMultipartUploads(
                                list ->
                                        list.bucket(bucket.name())
                                                .prefix(rules.prefix())
                                                .keyMarker(keyMarker)
                                                .uploadIdMarker(idMarker)
                                                .overrideConfiguration(
                                                        bucket.deadlines().patient()::applyTo)));
    }

    /** False when another process was quicker. */
    private boolean abort(MultipartUpload upload) {
        try {
            bucket.await(UNFINISHED, bucket.abortUpload(upload.key(), upload.uploadId()));
            return true;
        } catch (PrismException failure) {
            if (failure.getCause() != null && S3Errors.hasStatus(failure.getCause(), 404)) {
                return false;
            }
            throw failure;
        }
    }
}
