package io.prism.standalone.cli.client.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells a terminal from a file or a pipe. */
final class Terminal {
    private Terminal() {}

    /**
     * Whether that file descriptor of this process is a terminal. Where the system has no /proc,
     * the JVM's own answer stands, which is yes only if input and output both are.
     */
    @SuppressWarnings("SystemConsoleNull") // by default it is null where there is no terminal
    static boolean isTerminal(int descriptor) {
        Path link = Path.of("/proc/self/fd/" + descriptor);
        if (!Files.isSymbolicLink(link)) {
            return System.console() != null && System.console().isTerminal();
        }
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
