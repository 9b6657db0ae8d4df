package io.prism.standalone.cli.client;

import com.google.protobuf.ByteString;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.publish.PayloadInput;
import io.prism.standalone.cli.client.publish.PipelinedPublisher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a published payload comes from: one of these, or none. */
final class PayloadOptions {
    @Option(names = "--text", paramLabel = "TEXT", description = "The payload itself.")
    @Nullable String text;

    @Option(names = "--file", paramLabel = "FILE", description = "The payload is this file.")
    @Nullable Path file;

    @Option(names = "--stdin", description = "The payload is standard input.")
    boolean stdin;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = Units.SizeConverter.class,
            description = "A generated payload of this size, such as 500, 64KiB or 10MB.")
    @Nullable Long size;

    boolean none() {
        return text == null && file == null && !stdin && size == null;
    }

    /** Whether the payload is known to be small enough for a unary call. */
    boolean fitsInline() throws IOException {
        if (file != null) {
            return Files.isRegularFile(file) && Files.size(file) <= PayloadInput.INLINE_LIMIT;
        }
        return size == null || size <= PayloadInput.INLINE_LIMIT;
    }

    /**
     * The payload of the message with that index; only a generated one differs from the others. The
     * caller closes it.
     */
    PayloadInput open(long index, InputStream in) throws IOException {
        if (text != null) {
            return new PayloadInput.Small(ByteString.copyFromUtf8(text));
        }
        if (file != null) {
            return PayloadInput.ofFile(file);
        }
        if (size != null) {
            return PayloadInput.generated(size, index);
        }
        return PayloadInput.ofStream(in);
    }

    /** So many small payloads; a file is read once. */
    PipelinedPublisher.Payloads repeated(long count) throws IOException {
        ByteString same = size == null ? small(0) : ByteString.EMPTY;
        return new PipelinedPublisher.Payloads() {
            private long index;

            @Override
            public @Nullable ByteString next() throws IOException {
                if (index == count) {
                    return null;
                }
                return size == null ? nextSame() : small(index++);
            }

            private ByteString nextSame() {
                index++;
                return same;
            }
        };
    }

    private ByteString small(long index) throws IOException {
        return switch (open(index, InputStream.nullInputStream())) {
            case PayloadInput.Small small -> small.payload();
            case PayloadInput.Large large -> {
                large.close();
                throw new IOException("the file grew while it was read");
            }
        };
    }
}
