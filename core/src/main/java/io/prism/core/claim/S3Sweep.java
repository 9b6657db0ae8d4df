package io.prism.core.claim;

import io.prism.core.error.PrismException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
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

    private final S3Bucket bucket;
    private final ClaimRules rules;
    private final S3UnfinishedUploads uploads;

    S3Sweep(S3Bucket bucket, ClaimRules rules) {
        this.bucket = bucket;
        this.rules = rules;
        this.uploads = new S3UnfinishedUploads(bucket, rules);
    }

    long abortIdleUploads(Instant cutoff) {
        return uploads.abortIdle(cutoff);
    }

    ClaimStore.Expired expireBefore(Instant cutoff) {
        String stop = rules.firstKeyAt(cutoff);
        long[] deleted = new long[2];
        forEachPage(
                null,
                stop,
                page -> {
                    List<S3Object> old =
                            page.stream().filter(o -> rules.idOf(o.key()).isPresent()).toList();
                    deleteKeys(old.stream().map(S3Object::key).toList());
                    deleted[0] += old.size();
                    deleted[1] += old.stream().mapToLong(S3Object::size).sum();
                });
        long aborted = uploads.abortBefore(cutoff);
        return new ClaimStore.Expired(deleted[0], deleted[1], aborted);
    }

    ClaimStore.Usage usage() {
        long[] found = new long[2];
        forEachPage(
                null,
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
            uploads.abortAll();
            long[] deleted = new long[1];
            forEachPage(
                    null,
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
     * @param first the listing begins with this key or the one after it; null for the first of all
     * @param stop the listing ends before this key; null lists all
     */
    private void forEachPage(
            @Nullable String first, @Nullable String stop, Consumer<List<S3Object>> action) {
        String token = null;
        do {
            ListObjectsV2Response page = list(first, token);
            List<S3Object> found =
                    page.contents().stream()
                            .filter(object -> first == null || object.key().compareTo(first) >= 0)
                            .toList();
            List<S3Object> wanted =
                    found.stream()
                            .filter(object -> stop == null || object.key().compareTo(stop) < 0)
                            .toList();
            if (!wanted.isEmpty()) {
                action.accept(wanted);
            }
            boolean passed = wanted.size() < found.size();
            token = passed ? null : page.nextContinuationToken();
        } while (token != null);
    }

    private ListObjectsV2Response list(@Nullable String first, @Nullable String token) {
        // S3 starts after a key, not at it: cut by a character, a key sorts before itself.
        String after =
                first != null && token == null ? first.substring(0, first.length() - 1) : null;
        return bucket.await(
                LISTING,
                bucket.client()
                        .listObjectsV2(
                                list ->
                                        list.bucket(bucket.name())
                                                .prefix(rules.prefix())
                                                .startAfter(after)
                                                .continuationToken(token)
                                                .overrideConfiguration(
                                                        bucket.deadlines().patient()::applyTo)));
    }

    void list(Instant from, Instant before, Consumer<List<ClaimStore.Stored>> action) {
        forEachPage(
                rules.firstKeyAt(from),
                rules.firstKeyAt(before),
                page -> {
                    List<ClaimStore.Stored> claims =
                            page.stream().flatMap(object -> stored(object).stream()).toList();
                    if (!claims.isEmpty()) {
                        action.accept(claims);
                    }
                });
    }

    private Optional<ClaimStore.Stored> stored(S3Object object) {
        // The tag of an object made of parts ends in their number; one that says nothing may be.
        String tag = object.eTag();
        return rules.idOf(object.key())
                .map(
                        id ->
                                new ClaimStore.Stored(
                                        id,
                                        object.size(),
                                        object.lastModified(),
                                        tag == null || tag.contains("-")));
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
                                                                            bucket.deadlines()
                                                                                            .patient()
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
