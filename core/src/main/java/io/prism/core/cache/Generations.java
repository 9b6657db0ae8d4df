package io.prism.core.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;

/** Names of a namespace's generations: 16 characters that never come twice. */
final class Generations {
    static final int LENGTH = 16;

    private Generations() {}

    static byte[] next(Supplier<String> tokens) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(tokens.get().getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, LENGTH / 2).getBytes(US_ASCII);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
