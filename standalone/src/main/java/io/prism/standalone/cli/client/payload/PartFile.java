package io.prism.standalone.cli.client.payload;

import com.google.protobuf.ByteString;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that appears under its name only when it is whole: until then it is a hidden {@code .part}
 * beside it, which is removed if the writing is given up.
 */
public final class PartFile implements PayloadDownload.Sink, AutoCloseable {
    private final Path target;
    private final Path part;
    private final OutputStream out;

    private PartFile(Path target, Path part, OutputStream out) {
        this.target = target;
        this.part = part;
        this.out = out;
    }

    /** Opens the part; the target's folder must exist. */
    public static PartFile of(Path target) throws IOException {
        Path part = target.resolveSibling("." + target.getFileName() + ".part");
        OutputStream out =
                Files.newOutputStream(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
        return new PartFile(target, part, new BufferedOutputStream(out, 1 << 16));
    }

    @Override
    public void write(ByteString data) throws IOException {
        data.writeTo(out);
    }

    /** Gives the file its name, in place of an older one. */
    public void commit() throws IOException {
        out.close();
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Without a commit before it: leaves nothing behind. */
    @Override
    public void close() throws IOException {
        out.close();
        Files.deleteIfExists(part);
    }
}
