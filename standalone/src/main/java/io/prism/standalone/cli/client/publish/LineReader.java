package io.prism.standalone.cli.client.publish;

import com.google.protobuf.ByteString;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a stream as payloads: the bytes as they are, without the line end ({@code \n} or
 * {@code \r\n}). Empty lines are messages, too; a last line without an end counts.
 */
public final class LineReader implements PipelinedPublisher.Payloads {
    private final InputStream in;
    private final int limit;
    private long line;

    /**
     * @param limit bytes a line may have
     */
    public LineReader(InputStream in, int limit) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.limit = limit;
    }

    @Override
    public @Nullable ByteString next() throws IOException {
        int next = in.read();
        if (next == -1) {
            return null;
        }
        line++;
        ByteString.Output bytes = ByteString.newOutput();
        while (next != -1 && next != '\n') {
            bytes.write(next);
            if (bytes.size() > limit) {
                throw new IOException("line " + line + " is longer than " + limit + " bytes");
            }
            next = in.read();
        }
        ByteString payload = bytes.toByteString();
        boolean carriageReturn =
                !payload.isEmpty() && payload.byteAt(payload.size() - 1) == '\r' && next == '\n';
        return carriageReturn ? payload.substring(0, payload.size() - 1) : payload;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
