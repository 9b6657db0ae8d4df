package io.prism.core.claim;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A running SHA-256, used by one thread. */
final class Sha256 {
    private final MessageDigest digest;

    Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    /** Adds what remains of the buffer, and leaves its position alone. */
    void update(ByteBuffer data) {
        digest.update(data.duplicate());
    }

    void update(byte[] data, int offset, int length) {
        digest.update(data, offset, length);
    }

    /** Ends the digest: 64 lower-case hex digits. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
