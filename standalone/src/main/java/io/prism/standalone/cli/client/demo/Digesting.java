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

    /** Of everything read so far, in hex. */
    String sha256() {
        try {
            MessageDigest soFar = (MessageDigest) getMessageDigest().clone();
            return HexFormat.of().formatHex(soFar.digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's own SHA-256 can be cloned", e);
        }
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
