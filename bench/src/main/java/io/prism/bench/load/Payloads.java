package io.prism.bench.load;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** Bytes that no compression shrinks and every run with the same seed repeats. */
public final class Payloads {
    private Payloads() {}

    /** The same bytes for the same seed and size. */
    public static byte[] random(long seed, int size) {
        byte[] bytes = new byte[size];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    /** Shares the array, which must not change any more. */
    public static ByteString wrap(byte[] bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    /**
     * A payload that says when it was due: a mark that tells it from others, its number, and the
     * time in nanoseconds, in front of the filling.
     */
    static byte[] stamped(long mark, long index, long dueNanos, byte[] filling) {
        byte[] bytes = filling.clone();
        ByteBuffer.wrap(bytes).putLong(mark).putLong(index).putLong(dueNanos);
        return bytes;
    }

    /** Bytes a stamp takes. */
    public static final int STAMP = 3 * Long.BYTES;
}
