package io.prism.standalone.cli.client.publish;

import java.io.InputStream;
import java.util.SplittableRandom;

/** A payload made up as it is read: bytes that do not compress, the same for the same seed. */
public final class GeneratedPayload extends InputStream {
    private final SplittableRandom random;
    private long left;

    /**
     * @param size bytes
     */
    public GeneratedPayload(long size, long seed) {
        this.left = size;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) == 1 ? one[0] & 0xff : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        int count = (int) Math.min(left, length);
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        System.arraycopy(bytes, 0, buffer, offset, count);
        left -= count;
        return count;
    }
}
