package io.prism.gateway.reader;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Where a page ends, as a text that only gateways with the same secret can write: the query it
 * belongs to, the last row's place in its order, and a signature (HMAC-SHA-256). Thread-safe.
 *
 * <p>Version 1: a byte 1; the query's digest, 16 bytes; the number of columns, a byte; of each a
 * byte 0 for NULL, or 1 and its text's length (4 bytes) and UTF-8; the signature's first 16 bytes.
 * All of it in base64 for URLs.
 */
final class Cursors {
    /** What a cursor may hold; a column sorted by may be long, but not as long as it likes. */
    private static final int LONGEST = 48 << 10;

    private static final int VERSION = 1;
    private static final int DIGEST = 16;
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec secret;

    /**
     * @param secret the same in all gateways, and known to nobody else
     */
    Cursors(byte[] secret) {
        this.secret = new SecretKeySpec(secret, ALGORITHM);
    }

    /**
     * @param query what the cursor is good for, and nothing else
     * @param row its texts, null for NULL
     */
    String write(byte[] query, List<? extends @Nullable String> row) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.write(digest(query));
            out.writeByte(row.size());
            for (String text : row) {
                if (text == null) {
                    out.writeByte(0);
                } else {
                    byte[] utf8 = text.getBytes(UTF_8);
                    out.writeByte(1);
                    out.writeInt(utf8.length);
                    out.write(utf8);
                }
            }
            out.flush();
            if (bytes.size() > LONGEST) {
                throw PrismException.ofField(
                        ErrorCode.FIELD_INVALID,
                        "sort",
                        "a row's values in the columns sorted by have "
                                + bytes.size()
                                + " bytes, and a cursor holds "
                                + LONGEST
                                + ": sort by shorter columns");
            }
            out.write(sign(bytes.toByteArray()));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The row a cursor stands behind.
     *
     * @param columns there must be
     * @throws PrismException CURSOR_INVALID
     */
    List<@Nullable String> read(String cursor, byte[] query, int columns) {
        byte[] bytes = decode(cursor);
        int signed = bytes.length - DIGEST;
        if (signed < DIGEST + 2
                || !MessageDigest.isEqual(
                        sign(Arrays.copyOf(bytes, signed)),
                        Arrays.copyOfRange(bytes, signed, bytes.length))) {
            throw invalid("it is not one that was answered, or the gateways' secret has changed");
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, signed))) {
            boolean known = in.readByte() == VERSION;
            if (!known || !MessageDigest.isEqual(in.readNBytes(DIGEST), digest(query))) {
                throw invalid(
                        "it belongs to another query: namespace, collection, filter and sort must"
                                + " be the same");
            }
            int count = in.readUnsignedByte();
            if (count != columns) {
                throw invalid("the collection's key has changed");
            }
            List<@Nullable String> row = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                row.add(in.readByte() == 0 ? null : new String(in.readNBytes(in.readInt()), UTF_8));
            }
            return row;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] decode(String cursor) {
        if (cursor.length() > 2 * LONGEST) {
            throw invalid("it is too long");
        }
        try {
            return Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException e) {
            throw invalid("it is not one that was answered");
        }
    }

    private static PrismException invalid(String why) {
        return PrismException.ofField(
                ErrorCode.CURSOR_INVALID,
                "cursor",
                "the cursor cannot be gone on from: " + why + "; begin without one");
    }

    private byte[] sign(byte[] bytes) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return Arrays.copyOf(mac.doFinal(bytes), DIGEST);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] digest(byte[] query) {
        try {
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(query), DIGEST);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
