package io.prism.core.claim;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One namespace's claims: everything under its prefix in its bucket. A claim whose key lies
 * elsewhere is refused, so that a forged one cannot read another's object. Thread-safe.
 *
 * <p>Failures are {@link io.prism.core.error.PrismException}s: {@code STORAGE_UNAVAILABLE} (try
 * again), {@code STORAGE_REFUSED} (credentials, bucket), {@code CLAIM_MISSING}, {@code
 * CLAIM_EXPIRED}, {@code CLAIM_CORRUPT}, {@code PAYLOAD_REF_INVALID}, {@code RANGE_INVALID}.
 */
public interface ClaimStore {

    /** Makes the bucket if it is not there. Idempotent; blocks. */
    void ensureReady();

    /**
     * Stores a whole payload that is in memory. The object is durable when the future completes.
     * The buffers are read, never changed, and must stay as they are until then. A failed or
     * cancelled store may leave an object that nothing points to; the sweeper deletes it.
     */
    CompletableFuture<Claim> store(List<ByteBuffer> payload);

    /**
     * Begins a payload of unknown length. The first bytes, up to one part, wait in memory; beyond
     * that parts are uploaded while it arrives.
     */
    Upload begin();

    /**
     * Reads a whole payload into memory, checked against its size and digest before the future
     * completes.
     */
    CompletableFuture<byte[]> load(Claim claim);

    /**
     * Opens a payload for reading in order with bounded memory. Blocks until the first bytes are
     * there.
     *
     * @param offset of the uncompressed payload, at most its size
     * @param length 0 reads to the end; more than what is left is RANGE_INVALID
     */
    Download open(Claim claim, long offset, long length);

    /**
     * A URL from which anybody can get the object as it is at rest, encoded as the claim says,
     * until the validity has passed. Whether the object is there is not looked at. May block while
     * the process gets credentials.
     *
     * @param validity at most 7 days, S3's own limit
     */
    URI presign(Claim claim, Duration validity);

    /**
     * Deletes claims made before the cutoff, and uploads begun before it and never finished.
     * Blocks. Idempotent: any number of processes may do it at once.
     */
    Expired expireBefore(Instant cutoff);

    /**
     * Aborts uploads begun before the cutoff that have taken no part since, and leaves slow ones
     * alone. Blocks. Idempotent.
     *
     * @return how many were aborted
     */
    long abortIdleUploads(Instant cutoff);

    /** Counts what is stored by listing; blocks. */
    Usage usage();

    /**
     * Lists the objects of claims made from the one instant on and before the other, in the order
     * of their ids, a page at a time: memory is bounded whatever is there. An object that is stored
     * or deleted meanwhile may or may not be listed. Blocks; the action runs on the calling thread,
     * and what it throws ends the listing.
     */
    void list(Instant from, Instant before, Consumer<List<Stored>> page);

    /** Deletes the objects of these claims; missing ones count as deleted. Blocks. */
    long deleteIds(List<UUID> ids);

    /** Deletes these objects; missing ones count as deleted. Blocks. */
    long delete(List<Claim> claims);

    /**
     * Deletes everything under the prefix; blocks. For a namespace that is deleted with its data.
     */
    long deleteAll();

    /** A payload on its way into the store, used by one thread. */
    interface Upload extends AutoCloseable {
        /**
         * Takes the buffer's remaining bytes (they are copied). Blocks while the parts in flight
         * fill the memory this upload may use, and while the process's memory for uploads is used
         * up.
         */
        void write(ByteBuffer data);

        /** Bytes taken so far. */
        long size();

        /** Waits until the object is durable. */
        Claim complete();

        /**
         * Without a complete before it: aborts, and leaves neither object nor multipart upload
         * behind.
         */
        @Override
        void close();
    }

    /** A payload on its way out of the store, used by one thread. */
    interface Download extends AutoCloseable {
        /**
         * The next bytes, at most the given number; null at the end. When the whole payload was
         * asked for, the end is only reached if size and digest match; otherwise CLAIM_CORRUPT is
         * thrown in its place.
         */
        byte @org.jspecify.annotations.Nullable [] read(int atMost);

        @Override
        void close();
    }

    /**
     * @param claims objects deleted
     * @param bytes their size at rest
     * @param uploads unfinished multipart uploads aborted
     */
    record Expired(long claims, long bytes, long uploads) {}

    record Usage(long claims, long bytes) {}

    /**
     * A claim's object as listing shows it.
     *
     * @param bytes at rest
     * @param lastModified by the storage's clock. An object made of parts may show when its upload
     *     began
     * @param inParts whether it was, or may have been, uploaded in parts: it then became visible at
     *     some time after its id was made, which may be long after
     */
    record Stored(UUID id, long bytes, Instant lastModified, boolean inParts) {}
}
