package io.prism.core.claim;

import io.prism.core.spec.PatternSpec.Compression;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A whole payload made ready to store.
 *
 * @param body shares the payload's bytes where it is stored as is
 * @param size of the payload
 * @param sha256 of the payload
 */
record Encoded(Compression encoding, Body body, long size, String sha256) {

    /** Digests and, where that pays, compresses; uses the thread it runs on. */
    static Encoded of(Compression wanted, List<ByteBuffer> payload) {
        Sha256 sha256 = new Sha256();
        payload.forEach(sha256::update);
        Body plain = Body.of(payload);
        Encoded asIs = new Encoded(Compression.IDENTITY, plain, plain.size(), sha256.hex());
        if (!Codec.compressible(wanted, payload, plain.size())) {
            return asIs;
        }
        Pages pages = new Pages();
        try (OutputStream encoder = Codec.encoder(wanted, pages)) {
            byte[] scratch = new byte[Body.PIECE];
            for (ByteBuffer piece : plain.pieces()) {
                int count = piece.remaining();
                piece.get(piece.position(), scratch, 0, count);
                encoder.write(scratch, 0, count);
                if (!Codec.saves(pages.size, plain.size())) {
                    return asIs;
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("an encoder over memory cannot fail", failure);
        }
        return Codec.saves(pages.size, plain.size())
                ? new Encoded(wanted, pages.body(), plain.size(), asIs.sha256)
                : asIs;
    }

    Claim claim(UUID id, String key) {
        return new Claim(id, key, size, sha256, encoding);
    }

    /** Grows by pages instead of copying. */
    private static final class Pages extends OutputStream {
        private final List<byte[]> pages = new ArrayList<>();
        private long size;

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] data, int offset, int length) {
            for (int from = offset, left = length; left > 0; ) {
                int inPage = (int) (size % Body.PIECE);
                if (inPage == 0) {
                    pages.add(new byte[Body.PIECE]);
                }
                int count = Math.min(left, Body.PIECE - inPage);
                System.arraycopy(data, from, pages.getLast(), inPage, count);
                from += count;
                left -= count;
                size += count;
            }
        }

        Body body() {
            List<ByteBuffer> buffers = new ArrayList<>(pages.size());
            for (byte[] page : pages) {
                long left = size - (long) buffers.size() * Body.PIECE;
                buffers.add(ByteBuffer.wrap(page, 0, (int) Math.min(Body.PIECE, left)));
            }
            return new Body(List.copyOf(buffers), size);
        }
    }
}
