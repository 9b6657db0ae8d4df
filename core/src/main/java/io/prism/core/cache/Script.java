package io.prism.core.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The scripts, which Redis runs each as one step. Their texts are files beside this class. */
enum Script {
    LOOKUP,
    LEASE,
    FILL,
    RELEASE,
    INVALIDATE,
    CLEAR;

    private static final String SHARED = read("points.lua");

    private final String body = read(name().toLowerCase(Locale.ROOT) + ".lua");

    /**
     * @param sha what EVALSHA takes
     */
    record Loaded(byte[] text, String sha) {}

    /** The script of one namespace: each has its own, so that a server forgets them together. */
    Loaded of(String namespace) {
        // Redis reads flags in the first line only.
        int flags = body.startsWith("#!") ? body.indexOf('\n') + 1 : 0;
        byte[] text =
                (body.substring(0, flags)
                                + "-- prism cache of "
                                + namespace
                                + "\n"
                                + SHARED
                                + body.substring(flags))
                        .getBytes(UTF_8);
        try {
            return new Loaded(
                    text,
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(String file) {
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the class path lacks " + file);
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
