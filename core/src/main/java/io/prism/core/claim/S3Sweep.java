package io.prism.core.claim;

import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Lists and deletes what lies under one namespace's prefix. Blocks. Pages are followed by their
 * token alone: a page may be empty and not the last.
 */
final class S3Sweep {
    private static final int BATCH = 1000;
    private static final String LISTING = "listing payloads";
    private static final String DELETING = "deleting payloads";
    private static final String UNFINISHED = "removing unfinished uploads";

    private final S3Bucket bucket;
    private final ClaimRules rules;

    S3Sweep(S3Bucket bucket, ClaimRules rules) {
        this.bucket = bucket;
        this.rules = rules;
    }

    ClaimStore.Expired expireBefore(Instant cutoff) {
        String stop = rules.firstKeyAt(cutoff);
        long[] deleted = new long[2];
        forEachPage(
                stop,
                page -> {
                    List<S3Object> old =
                            page.stream().filter(o -> rules.idOf(o.key()).isPresent()).toList();
                    deleteKeys(old.stream().map(S3Object::key).toList());
                    deleted[0] += old.size();
                    deleted[1] += old.stream().mapToLong(S3Object::size).sum();
                });
        long uploads = abortUploads(upload -> isClaimBefore(upload.key(), cutoff));
        return new ClaimStore.Expired(deleted[0], deleted[1], uploads);
    }

    private boolean isClaimBefore(String key, Instant cutoff) {
        return rules.idOf(key)
                .map(id -> TimeOrderedIds.instantOf(id).isBefore(cutoff))
                .orElse(false);
    }

    ClaimStore.Usage usage() {
        long[] found = new long[2];
        forEachPage(
                null,
                page ->
                        page.stream()
                                .filter(object -> rules.idOf(object.key()).isPresent())
                                .forEach(
                                        object -> {
                                            found[0]++;
                                            found[1] += object.size();
                                        }));
        return new ClaimStore.Usage(found[0], found[1]);
    }

    long deleteAll() {
        try {
            abortUploads(upload -> true);
            long[] deleted = new long[1];
            forEachPage(
                    null,
                    page -> {
                        deleteKeys(page.stream().map(S3Object::key).toList());
                        deleted[0] += page.size();
                    });
            return deleted[0];
        } catch (PrismException refusal) {
            if (refusal.getCause() != null
                    && S3Errors.hasCode(refusal.getCause(), "NoSuchBucket")) {
                return 0;
            }
            throw refusal;
        }
    }

    /**
     * Objects in key order, page by page.
     *
     * @param stop the listing ends before this key; null lists all
     */
    private void forEachPage(@Nullable String stop, Consumer<List<S3Object>> action) {
        String token = null;
        do {
            ListObjectsV2Response page = list(token);
            List<S3Object> wanted =
                    page.contents().stream()
                            .filter(object -> stop == null || object.key().compareTo(stop) < 0)
                            .toList();
            if (!wanted.isEmpty()) {
                action.accept(wanted);
            }
            boolean passed = wanted.size() < page.contents().size();
            token = passed ? null : page.nextContinuationToken();
        } while (token != null);
    }

    private ListObjectsV2Response list(@Nullable String token) {
        return bucket.await(
                LISTING,
                bucket.client()
                        .listObjectsV2(
                                list ->
                                        list.bucket(bucket.name())
                                                .prefix(rules.prefix())
                                                .continuationToken(token)
                                                .overrideConfiguration(S3Bucket.PATIENT::applyTo)));
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
                                                .overrideConfiguration(S3Bucket.PATIENT::applyTo)));
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

    /** Missing objects count as deleted. */
    void deleteKeys(List<String> keys) {
        for (int from = 0; from < keys.size(); from += BATCH) {
            List<String> batch = keys.subList(from, Math.min(from + BATCH, keys.size()));
            if (batch.size() == 1) {
                bucket.await(DELETING, bucket.delete(batch.getFirst()));
            } else {
                deleteBatch(batch);
            }
        }
    }

    private void deleteBatch(List<String> keys) {
        List<ObjectIdentifier> objects =
                keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
        List<S3Error> errors;
        try {
            errors =
                    bucket.await(
                                    DELETING,
                                    bucket.client()
                                            .deleteObjects(
                                                    delete ->
                                                            delete.bucket(bucket.name())
                                                                    .delete(
                                                                            d ->
                                                                                    d.objects(
                                                                                                    objects)
                                                                                            .quiet(
                                                                                                    true))
                                                                    .overrideConfiguration(
                                                                            S3Bucket.PATIENT
                                                                                    ::applyTo)))
                            .errors();
        } catch (PrismException failure) {
            Throwable cause = failure.getCause();
            if (cause != null
                    && (S3Errors.hasStatus(cause, 501) || S3Errors.hasStatus(cause, 405))) {
                deleteSingly(keys);
                return;
            }
            throw failure;
        }
        // Whatever a batch could not delete fails, or succeeds, with its own answer.
        deleteSingly(
                errors.stream()
                        .filter(error -> !"NoSuchKey".equals(error.code()))
                        .map(S3Error::key)
                        .toList());
    }

    private void deleteSingly(List<String> keys) {
        var answers = new ArrayList<java.util.concurrent.CompletableFuture<?>>();
        for (String key : keys) {
            answers.add(bucket.delete(key));
            if (answers.size() == 16) {
                answers.forEach(answer -> bucket.await(DELETING, answer));
                answers.clear();
            }
        }
        answers.forEach(answer -> bucket.await(DELETING, answer));
    }
}
