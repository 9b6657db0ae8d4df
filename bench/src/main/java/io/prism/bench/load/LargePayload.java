package io.prism.bench.load;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A payload larger than memory: blocks of one random pattern, each beginning with its number, so
 * that a block that is lost, repeated or misplaced changes the digest. Blocks share their memory.
 */
public final class LargePayload {
    /** Bytes of every block but the last. */
    public static final int BLOCK = 1 << 20;

    private final long size;
    private final byte[] pattern;
    private final ByteString tail;

    public LargePayload(long seed, long size) {
        if (size < 1) {
            throw new IllegalArgumentException("a large payload needs at least one byte: " + size);
        }
        this.size = size;
        this.pattern = Payloads.random(seed, BLOCK);
        this.tail = Payloads.wrap(pattern).substring(Long.BYTES);
    }

    public long size() {
        return size;
    }

    /** How many blocks there are. */
    public long blocks() {
        return (size + BLOCK - 1) / BLOCK;
    }

    /** Not copied. */
    public ByteString block(long index) {
        ByteString whole = Payloads.wrap(head(index)).concat(tail);
        return whole.substring(0, length(index));
    }

    /** The bytes of several blocks, not copied. */
    public List<ByteBuffer> buffers(long firstBlock, long count) {
        List<ByteBuffer> buffers = new ArrayList<>();
        for (long i = firstBlock; i < Math.min(blocks(), firstBlock + count); i++) {
            int length = length(i);
            buffers.add(ByteBuffer.wrap(head(i), 0, Math.min(length, Long.BYTES)));
            if (length > Long.BYTES) {
                buffers.add(
                        ByteBuffer.wrap(pattern, Long.BYTES, length - Long.BYTES)
                                .asReadOnlyBuffer());
            }
        }
        return buffers;
    }

    /** SHA-256 of the whole, in hexadecimal; reads it once. */
    public String sha256() {
        MessageDigest digest = newSha256();
        for (long i = 0; i < blocks(); i++) {
            buffers(i, 1).forEach(digest::update);
        }
        return hex(digest);
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private int length(long index) {
        return (int) Math.min(BLOCK, size - index * BLOCK);
    }

    private static byte[] head(long index) {
        return ByteBuffer.allocate(Long.BYTES).putLong(index).array();
    }
}
