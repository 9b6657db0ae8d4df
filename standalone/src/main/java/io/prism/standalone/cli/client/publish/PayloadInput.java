package io.prism.standalone.cli.client.publish;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Where a payload comes from: in memory because it is small, or a stream because it is not. */
public sealed interface PayloadInput extends AutoCloseable {
    /** What is larger goes in chunks. */
    int INLINE_LIMIT = 4 << 20;

    /** Bytes, where known beforehand. */
    OptionalLong size();

    @Override
    void close() throws IOException;

    /** A payload for a unary call. */
    record Small(ByteString payload) implements PayloadInput {
        @Override
        public OptionalLong size() {
            return OptionalLong.of(payload.size());
        }

        @Override
        public void close() {}
    }

    /** A payload for chunks; the stream is this record's to close. */
    record Large(InputStream stream, OptionalLong size) implements PayloadInput {
        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    /** A file, or something else that can be opened by name. */
    static PayloadInput ofFile(Path file) throws IOException {
        InputStream stream = Files.newInputStream(file);
        try {
            return Files.isRegularFile(file)
                    ? ofKnownSize(stream, Files.size(file))
                    : ofStream(stream);
        } catch (IOException e) {
            stream.close();
            throw e;
        }
    }

    /** A stream that ends when it ends. Reads up to the limit to see which it is. */
    static PayloadInput ofStream(InputStream stream) throws IOException {
        byte[] head = stream.readNBytes(INLINE_LIMIT + 1);
        if (head.length <= INLINE_LIMIT) {
            stream.close();
            return new Small(UnsafeByteOperations.unsafeWrap(head));
        }
        return new Large(
                new SequenceInputStream(new ByteArrayInputStream(head), stream),
                OptionalLong.empty());
    }

    static PayloadInput generated(long size, long seed) throws IOException {
        return ofKnownSize(new GeneratedPayload(size, seed), size);
    }

    private static PayloadInput ofKnownSize(InputStream stream, long size) throws IOException {
        return size > INLINE_LIMIT ? new Large(stream, OptionalLong.of(size)) : ofStream(stream);
    }
}
