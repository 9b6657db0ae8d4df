package io.prism.core.claim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32C;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/**
 * What one request sends: buffers of at most {@link #PIECE} bytes, so that the network layer, which
 * copies each buffer to native memory, never copies a whole payload at once.
 */
record Body(List<ByteBuffer> pieces, long size) {
    static final int PIECE = 128 << 10;

    /** Shares the buffers' bytes; they must not change while the body is in use. */
    static Body of(List<ByteBuffer> buffers) {
        List<ByteBuffer> pieces = new ArrayList<>();
        long size = 0;
        for (ByteBuffer buffer : buffers) {
            size += buffer.remaining();
            for (int at = buffer.position(); at < buffer.limit(); at += PIECE) {
                pieces.add(buffer.slice(at, Math.min(PIECE, buffer.limit() - at)));
            }
        }
        return new Body(List.copyOf(pieces), size);
    }

    /** In the form of the {@code x-amz-checksum-crc32c} header: S3 refuses what arrives damaged. */
    String crc32c() {
        CRC32C crc = new CRC32C();
        for (ByteBuffer piece : pieces) {
            crc.update(piece.duplicate());
        }
        byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
        return Base64.getEncoder().encodeToString(bytes);
    }

    AsyncRequestBody asRequest() {
        return pieces.isEmpty()
                ? AsyncRequestBody.empty()
                : AsyncRequestBody.fromByteBuffersUnsafe(pieces.toArray(ByteBuffer[]::new));
    }
}
