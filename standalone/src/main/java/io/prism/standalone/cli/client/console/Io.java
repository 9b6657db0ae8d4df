package io.prism.standalone.cli.client.console;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.util.function.BooleanSupplier;

/**
 * The process's surroundings, apart from the text a command prints (which goes to picocli's
 * writers).
 *
 * @param in standard input, bytes as they come
 * @param rawOut standard output for payloads; unbuffered
 * @param outClosed whether nobody reads standard output any more, as after {@code | head}
 * @param outIsTerminal whether a person reads standard output
 * @param errIsTerminal whether a person reads standard error: progress is shown only then
 */
public record Io(
        InputStream in,
        OutputStream rawOut,
        BooleanSupplier outClosed,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Clock clock) {

    /** This process's own streams. */
    public static Io system() {
        return new Io(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                System.out::checkError,
                Terminal.isTerminal(1),
                Terminal.isTerminal(2),
                Clock.systemUTC());
    }
}
