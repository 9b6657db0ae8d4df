package io.prism.core.claim;

import io.prism.core.error.PrismException;
import io.prism.core.spec.PatternSpec.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A payload on its way out of its object: decoder, skip, digest. A range of an object stored as is
 * is fetched alone; an encoded object is decoded from its start. Whenever the reading covers the
 * payload's first to last byte, the digest decides whether the end is reached.
 */
final class PayloadReader implements ClaimStore.Download {
    private final Claim claim;
    private final InputStream payload;
    private final @Nullable Sha256 sha256;
    private final boolean toTheEnd;
    private long left;
    private boolean ended;

    /**
     * @param source the object's bytes: from the offset on where it is stored as is, else all of
     *     them; closed by this
     */
    PayloadReader(Claim claim, InputStream source, long offset, long length) {
        this.claim = claim;
        boolean encoded = claim.encoding() != Compression.IDENTITY;
        toTheEnd = offset + length == claim.size();
        sha256 = toTheEnd && (encoded || offset == 0) ? new Sha256() : null;
        left = length;
        InputStream decoded = source;
        try {
            decoded = Codec.decoder(claim.encoding(), source);
            payload = decoded;
            if (encoded) {
                skip(offset);
            }
        } catch (IOException malformed) {
            closeQuietly(decoded);
            throw unreadable(malformed);
        } catch (RuntimeException failure) {
            closeQuietly(decoded);
            throw failure;
        }
    }

    private void skip(long offset) throws IOException {
        byte[] skipped = new byte[(int) Math.min(64 << 10, offset)];
        for (long ahead = offset; ahead > 0; ) {
            int count = payload.read(skipped, 0, (int) Math.min(skipped.length, ahead));
            if (count < 0) {
                throw tooShort();
            }
            if (sha256 != null) {
                sha256.update(skipped, 0, count);
            }
            ahead -= count;
        }
    }

    @Override
    public byte @Nullable [] read(int atMost) {
        if (atMost <= 0) {
            throw new IllegalArgumentException("ask for at least one byte");
        }
        byte[] bytes = new byte[(int) Math.min(atMost, left)];
        if (bytes.length > 0) {
            readFully(bytes, 0, bytes.length);
            return bytes;
        }
        if (!ended) {
            verifyEnd();
            ended = true;
        }
        return null;
    }

    /** Fills the range of the array; blocks. */
    void readFully(byte[] into, int offset, int length) {
        try {
            int read = payload.readNBytes(into, offset, length);
            if (read < length) {
                throw tooShort();
            }
        } catch (IOException malformed) {
            throw unreadable(malformed);
        }
        if (sha256 != null) {
            sha256.update(into, offset, length);
        }
        left -= length;
    }

    /**
     * All that is left, verified.
     *
     * @param expected bytes to make room for at first; more only as they arrive
     */
    byte[] readAll(long expected) {
        byte[] all = new byte[(int) Math.min(left, expected)];
        for (int filled = 0; left > 0; filled = all.length) {
            if (filled == all.length) {
                all =
                        Arrays.copyOf(
                                all, (int) Math.min(filled + left, Math.max(1024, 2L * filled)));
            }
            readFully(all, filled, all.length - filled);
        }
        verifyEnd();
        return all;
    }

    private void verifyEnd() {
        if (!toTheEnd) {
            return;
        }
        try {
            if (payload.read() >= 0) {
                throw ClaimRules.corrupt(
                        claim, "it is longer than " + claim.size() + " bytes", null);
            }
        } catch (IOException malformed) {
            throw unreadable(malformed);
        }
        if (sha256 != null && !sha256.hex().equals(claim.sha256())) {
            throw ClaimRules.corrupt(claim, "its SHA-256 is another", null);
        }
    }

    private PrismException tooShort() {
        return ClaimRules.corrupt(claim, "it is shorter than " + claim.size() + " bytes", null);
    }

    private PrismException unreadable(IOException cause) {
        return ClaimRules.corrupt(
                claim, "it is not " + claim.encoding() + " data: " + cause.getMessage(), cause);
    }

    @Override
    public void close() {
        closeQuietly(payload);
    }

    private static void closeQuietly(InputStream stream) {
        try {
            stream.close();
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory cannot fail to close", impossible);
        }
    }
}
