package io.prism.standalone.cli.client.demo;

import com.google.protobuf.ByteString;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A stream whose SHA-256 is known once it was read to its end. */
final class Digesting extends DigestInputStream {
    Digesting(InputStream in) {
        super(in, newDigest());
    }

    /** Of everything read, in hex; ask once. */
    String sha256() {
        return HexFormat.of().formatHex(getMessageDigest().digest());
    }

    static String sha256(ByteString payload) {
        MessageDigest digest = newDigest();
        digest.update(payload.asReadOnlyByteBuffer());
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
