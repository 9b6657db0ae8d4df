package io.prism.core.claim;

import io.prism.core.error.PrismException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An object's bytes in order, fetched in ranges, the next ones while this one is read. A range is
 * in memory as a whole before it is read, so a slow reader holds no connection. Used by one thread;
 * failures are {@link PrismException}s, never an {@link java.io.IOException}.
 */
final class S3ObjectInput extends InputStream {
    static final int CHUNK = 4 << 20;

    private static final int AHEAD = 2;

    private record Chunk(long from, long length, CompletableFuture<Fetched> answer) {}

    private final S3Bucket bucket;
    private final ClaimRules rules;
    private final Claim claim;
    private final ReadMemory memory;
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> ready = new ArrayDeque<>();
    private long total;
    private String etag = "";
    private long end;
    private long next;
    private long readyLength;
    private boolean closed;
    private @Nullable RuntimeException failure;

    /**
     * Blocks until the first bytes are there.
     *
     * @param from within the object
     * @param length at most this many bytes
     * @param maxTotal an object longer than this is not this claim's
     * @throws PrismException CLAIM_MISSING, CLAIM_EXPIRED, CLAIM_CORRUPT
     */
    S3ObjectInput(
            S3Bucket bucket,
            ClaimRules rules,
            Claim claim,
            ReadMemory memory,
            long from,
            long length,
            long maxTotal) {
        this.bucket = bucket;
        this.rules = rules;
        this.claim = claim;
        this.memory = memory;
        readyLength = Math.min(CHUNK, length);
        memory.take(readyLength);
        try {
            Fetched head = await(bucket.get(claim.key(), from, readyLength, ""));
            total = head.total();
            etag = head.etag();
            end = Math.min(total, from + length);
            next = Math.min(end, from + readyLength);
            if (total > maxTotal) {
                throw ClaimRules.corrupt(claim, "the object is longer than what was stored", null);
            }
            accept(head, next - from);
            readAhead();
        } catch (RuntimeException refusal) {
            close();
            throw refusal;
        }
    }

    /** Bytes of the whole object. */
    long total() {
        return total;
    }

    private Fetched await(CompletableFuture<Fetched> answer) {
        try {
            return bucket.await("reading a payload", answer);
        } catch (PrismException refusal) {
            Throwable cause = refusal.getCause();
            if (cause == null) {
                throw refusal;
            }
            if (S3Errors.isAbsent(cause)) {
                throw rules.absent(claim, cause);
            }
            if (S3Errors.hasStatus(cause, 416)) {
                throw ClaimRules.corrupt(claim, "the object was truncated", cause);
            }
            if (S3Errors.hasStatus(cause, 412)) {
                throw ClaimRules.corrupt(claim, "the object was replaced while it was read", cause);
            }
            throw refusal;
        }
    }

    private void accept(Fetched fetched, long expected) {
        if (fetched.size() != expected || fetched.total() != total) {
            throw ClaimRules.corrupt(claim, "the object changed its length", null);
        }
        ready.addAll(fetched.data());
    }

    private void readAhead() {
        while (next < end && chunks.size() < AHEAD) {
            long length = Math.min(CHUNK, end - next);
            if (!memory.tryTake(length)) {
                return;
            }
            request(length);
        }
    }

    private void request(long length) {
        try {
            chunks.add(new Chunk(next, length, bucket.get(claim.key(), next, length, etag)));
            next += length;
        } catch (RuntimeException refusal) {
            memory.giveBack(length);
            throw refusal;
        }
    }

    /** The next bytes, or null at the end; blocks. Empty buffers are skipped. */
    private @Nullable ByteBuffer current() {
        while (true) {
            ByteBuffer first = ready.peekFirst();
            if (first != null) {
                if (first.hasRemaining()) {
                    return first;
                }
                ready.removeFirst();
                continue;
            }
            memory.giveBack(readyLength);
            readyLength = 0;
            if (chunks.isEmpty() && next == end) {
                return null;
            }
            fetchNext();
        }
    }

    private void fetchNext() {
        if (failure != null) {
            throw failure;
        }
        try {
            fetchChunk();
        } catch (RuntimeException broken) {
            failure = broken;
            throw broken;
        }
    }

    private void fetchChunk() {
        if (chunks.isEmpty()) {
            long length = Math.min(CHUNK, end - next);
            memory.take(length);
            request(length);
        }
        Chunk chunk = chunks.removeFirst();
        readyLength = chunk.length();
        accept(await(chunk.answer()), chunk.length());
        readAhead();
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (closed) {
            throw new IllegalStateException("the download is closed");
        }
        ByteBuffer current = length == 0 ? null : current();
        if (current == null) {
            return length == 0 ? 0 : -1;
        }
        int count = Math.min(length, current.remaining());
        current.get(into, offset, count);
        return count;
    }

    /** Only what is in memory; 0 does not mean the end. */
    @Override
    public int available() {
        return ready.stream().mapToInt(ByteBuffer::remaining).sum();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        ready.clear();
        memory.giveBack(readyLength);
        for (Chunk chunk : chunks) {
            chunk.answer().cancel(true);
            memory.giveBack(chunk.length());
        }
        chunks.clear();
    }
}
