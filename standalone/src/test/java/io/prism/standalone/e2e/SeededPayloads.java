package io.prism.standalone.e2e;

import com.google.protobuf.ByteString;
import java.util.Random;

/**
 * Payloads that can be made again from their message's id: most are claims, some are inline, and a
 * few are uploaded in parts.
 */
final class SeededPayloads {
    /** What is larger is a claim. */
    static final int THRESHOLD = 100_000;

    /** Of small payloads, what is larger is a claim. */
    static final int SMALL_THRESHOLD = 3_000;

    private static final int SMALL = 4_000;
    private static final int INLINE = 2_000;
    private static final int IN_PARTS = 6_000_000;
    private static final int ONE_IN_PARTS_OF = 40;
    private static final int INLINE_OF = 5;

    private SeededPayloads() {}

    static ByteString of(String messageId) {
        Random random = new Random(messageId.hashCode());
        byte[] bytes = new byte[size(random)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    /** Smaller ones: about a quarter are claims. */
    static ByteString small(String messageId) {
        Random random = new Random(messageId.hashCode());
        byte[] bytes = new byte[random.nextInt(SMALL)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private static int size(Random random) {
        if (random.nextInt(ONE_IN_PARTS_OF) == 0) {
            return IN_PARTS + random.nextInt(THRESHOLD);
        }
        return random.nextInt(INLINE_OF) == 0 ? INLINE : THRESHOLD + 1 + random.nextInt(THRESHOLD);
    }
}
