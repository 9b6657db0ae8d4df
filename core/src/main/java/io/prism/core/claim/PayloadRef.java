package io.prism.core.claim;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.PatternSpec.Compression;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;

/**
 * A claim as an opaque, URL-safe token: what a subscriber gets in place of a payload too large to
 * inline. The token is not signed; the claim store accepts no claim outside its namespace's prefix.
 *
 * <p>Version 1 is base64url of: {@code 1}, the encoding (one byte), the id (16), the SHA-256 (32),
 * the size (7-bit groups, lowest first), and the key without the id (UTF-8).
 */
public final class PayloadRef {
    private static final byte VERSION = 1;
    private static final int SHA256_BYTES = 32;
    private static final int FIXED = 1 + 1 + 16 + SHA256_BYTES;
    private static final int MAX_VARINT = 9;

    private PayloadRef() {}

    /**
     * @throws PrismException PAYLOAD_REF_INVALID for a claim that no store made
     */
    public static String encode(Claim claim) {
        String id = claim.id().toString();
        if (!claim.key().endsWith(id) || claim.size() < 0 || claim.sha256().length() != 64) {
            throw invalid("not a claim of a claim store", null);
        }
        byte[] prefix =
                claim.key()
                        .substring(0, claim.key().length() - id.length())
                        .getBytes(StandardCharsets.UTF_8);
        ByteBuffer token = ByteBuffer.allocate(FIXED + MAX_VARINT + prefix.length);
        token.put(VERSION).put(codeOf(claim.encoding()));
        token.putLong(claim.id().getMostSignificantBits());
        token.putLong(claim.id().getLeastSignificantBits());
        token.put(HexFormat.of().parseHex(claim.sha256()));
        putVarint(token, claim.size());
        token.put(prefix).flip();
        byte[] bytes = new byte[token.remaining()];
        token.get(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * @throws PrismException PAYLOAD_REF_INVALID for anything but a token made by {@link #encode}
     */
    public static Claim decode(String token) {
        try {
            ByteBuffer in = ByteBuffer.wrap(Base64.getUrlDecoder().decode(token));
            byte version = in.get();
            if (version != VERSION) {
                throw invalid("version " + version + " is not known here", null);
            }
            Compression encoding = encodingOf(in.get());
            UUID id = new UUID(in.getLong(), in.getLong());
            byte[] sha256 = new byte[SHA256_BYTES];
            in.get(sha256);
            long size = varint(in);
            String prefix = StandardCharsets.UTF_8.newDecoder().decode(in).toString();
            Claim claim =
                    new Claim(id, prefix + id, size, HexFormat.of().formatHex(sha256), encoding);
            if (!encode(claim).equals(token)) {
                throw invalid("it was changed", null);
            }
            return claim;
        } catch (IllegalArgumentException
                | BufferUnderflowException
                | CharacterCodingException malformed) {
            throw invalid("it is malformed or cut short", malformed);
        }
    }

    private static PrismException invalid(
            String why, @org.jspecify.annotations.Nullable Throwable cause) {
        return new PrismException(
                ErrorCode.PAYLOAD_REF_INVALID,
                "not a payload reference: " + why + "; pass the event's payload_ref unchanged",
                "payload_ref",
                cause);
    }

    private static byte codeOf(Compression encoding) {
        return switch (encoding) {
            case IDENTITY -> 0;
            case GZIP -> 1;
            case ZSTD -> 2;
        };
    }

    private static Compression encodingOf(byte code) {
        return switch (code) {
            case 0 -> Compression.IDENTITY;
            case 1 -> Compression.GZIP;
            case 2 -> Compression.ZSTD;
            default -> throw invalid("encoding " + code + " is not known here", null);
        };
    }

    private static void putVarint(ByteBuffer out, long value) {
        long rest = value;
        while (rest > 0x7F) {
            out.put((byte) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int group = 0; group < MAX_VARINT; group++) {
            byte next = in.get();
            value |= (next & 0x7FL) << 7 * group;
            if (next >= 0) {
                return value;
            }
        }
        throw invalid("its size is malformed", null);
    }
}
