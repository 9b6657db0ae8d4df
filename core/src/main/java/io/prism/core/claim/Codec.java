package io.prism.core.claim;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.prism.core.spec.PatternSpec.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The encodings of objects at rest, forward and back. Levels favour speed: an upload should wait
 * for the network, not for the compressor.
 */
final class Codec {
    /** Bytes looked at to tell whether a payload is worth compressing. */
    static final int SAMPLE = 64 << 10;

    private static final int LEVEL = 1;
    private static final int BUFFER = 64 << 10;

    /** A decoder's window is at most 16 MiB; ours write 512 KiB. */
    private static final int MAX_WINDOW_LOG = 24;

    private Codec() {}

    /**
     * Encodes into the sink; closing it ends the encoding, frees native memory and closes the sink.
     */
    static OutputStream encoder(Compression encoding, OutputStream sink) throws IOException {
        return switch (encoding) {
            case IDENTITY -> sink;
            case GZIP -> new FastGzip(sink);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(sink, LEVEL);
        };
    }

    /**
     * Decodes the source; malformed or truncated input is an {@link IOException}. Closing it frees
     * native memory and closes the source.
     */
    static InputStream decoder(Compression encoding, InputStream source) throws IOException {
        return switch (encoding) {
            case IDENTITY -> source;
            case GZIP -> new GZIPInputStream(source, BUFFER);
            case ZSTD -> new ZstdInputStreamNoFinalizer(source).setLongMax(MAX_WINDOW_LOG);
        };
    }

    /** Whether a payload of this size is worth keeping at that encoded size: 5 % must be saved. */
    static boolean saves(long encoded, long size) {
        return encoded <= size - size / 20 && encoded < size;
    }

    /**
     * An object longer than this cannot be an encoding of a payload of that size: what does not
     * compress grows by less than 1 in 256.
     */
    static long maxEncoded(Compression encoding, long size) {
        return encoding == Compression.IDENTITY ? size : size + size / 256 + 1024;
    }

    /** Guesses from the head and the middle of a payload whether compressing it pays. */
    static boolean compressible(Compression encoding, List<ByteBuffer> payload, long size) {
        if (encoding == Compression.IDENTITY || size == 0) {
            return false;
        }
        byte[] head = slice(payload, 0, (int) Math.min(SAMPLE, size));
        long sampled = head.length;
        long encoded = encodedLength(encoding, head);
        if (size >= 4L * SAMPLE) {
            byte[] middle = slice(payload, size / 2, SAMPLE);
            sampled += middle.length;
            encoded += encodedLength(encoding, middle);
        }
        return saves(encoded, sampled);
    }

    private static byte[] slice(List<ByteBuffer> payload, long from, int length) {
        byte[] slice = new byte[length];
        int filled = 0;
        long skip = from;
        for (ByteBuffer buffer : payload) {
            if (skip >= buffer.remaining()) {
                skip -= buffer.remaining();
                continue;
            }
            int start = buffer.position() + (int) skip;
            int count = Math.min(buffer.limit() - start, length - filled);
            buffer.get(start, slice, filled, count);
            filled += count;
            skip = 0;
            if (filled == length) {
                break;
            }
        }
        return slice;
    }

    private static long encodedLength(Compression encoding, byte[] sample) {
        return switch (encoding) {
            case IDENTITY -> sample.length;
            case GZIP -> deflatedLength(sample);
            case ZSTD -> Zstd.compress(sample, LEVEL).length;
        };
    }

    private static long deflatedLength(byte[] sample) {
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            deflater.setInput(sample);
            deflater.finish();
            byte[] scratch = new byte[8 << 10];
            while (!deflater.finished()) {
                deflater.deflate(scratch);
            }
            return deflater.getBytesWritten();
        } finally {
            deflater.end();
        }
    }

    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream sink) throws IOException {
            super(sink, BUFFER);
            def.setLevel(LEVEL);
        }
    }
}
