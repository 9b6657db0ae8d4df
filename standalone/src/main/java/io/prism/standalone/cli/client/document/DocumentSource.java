package io.prism.standalone.cli.client.document;

import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.console.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A document and where it came from.
 *
 * @param name the file's name as it was given, or {@code <stdin>}
 */
public record DocumentSource(String name, String text) {
    /** Above what any reader of documents accepts; only keeps a wrong file out of memory. */
    private static final int LIMIT = 64 << 20;

    /**
     * @param argument a file, or {@code -} for standard input
     */
    public static DocumentSource read(String argument, InputStream stdin) throws IOException {
        if (argument.equals("-")) {
            return decode("<stdin>", stdin.readNBytes(LIMIT + 1));
        }
        Path file = Path.of(argument);
        if (Files.isDirectory(file)) {
            throw new CommandFailure(ExitCode.USAGE, file + " is a folder; give its files.");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return decode(argument, in.readNBytes(LIMIT + 1));
        }
    }

    private static DocumentSource decode(String name, byte[] bytes) {
        if (bytes.length > LIMIT) {
            throw new CommandFailure(
                    ExitCode.USAGE, name + " is larger than 64 MiB: not a namespace document.");
        }
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            String text = StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
            return new DocumentSource(name, text);
        } catch (CharacterCodingException e) {
            throw new CommandFailure(ExitCode.NO, name + " is not UTF-8 text.", e);
        }
    }
}
