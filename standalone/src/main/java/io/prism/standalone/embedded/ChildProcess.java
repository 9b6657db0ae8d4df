package io.prism.standalone.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A server in its own process and its own session, so that a Ctrl-C in the terminal reaches only
 * Prism, which then stops its servers in order. Output goes to the end of its log file.
 */
final class ChildProcess {
    private static final long LOG_LIMIT = 16L << 20;
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private final Process process;
    private volatile boolean stopping;

    private ChildProcess(Process process) {
        this.process = process;
    }

    /** Starts it; a log that has grown beyond 16 MiB is put aside as {@code <name>.1} first. */
    static ChildProcess start(List<String> command, Path workDir, Path log) throws IOException {
        var full = new ArrayList<String>();
        if (Files.isExecutable(SETSID)) {
            full.add(SETSID.toString());
        }
        full.addAll(command);
        rotate(log);
        var builder =
                new ProcessBuilder(full)
                        .directory(workDir.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("LC_ALL", "C");
        return new ChildProcess(builder.start());
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Completes with the exit status once the process is gone without having been stopped. */
    CompletableFuture<Integer> died() {
        return process.onExit()
                .thenCompose(
                        gone ->
                                stopping
                                        ? new CompletableFuture<>()
                                        : CompletableFuture.completedFuture(gone.exitValue()));
    }

    /** Asks with each signal in turn, waiting as long after each, and kills it in the end. */
    void stop(Duration patience, String... signals) {
        stopping = true;
        for (String signal : signals) {
            if (!process.isAlive()) {
                return;
            }
            signal(process.pid(), signal);
            if (waitFor(patience)) {
                return;
            }
        }
        kill();
        waitFor(patience);
    }

    void kill() {
        stopping = true;
        process.destroyForcibly();
    }

    private boolean waitFor(Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Sends a signal by name, such as {@code INT}; a process that is gone already is fine. */
    static void signal(long pid, String signal) {
        try {
            new ProcessBuilder("/bin/sh", "-c", "kill -s " + signal + " " + pid)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The last lines of a log, for an error message. */
    static String tail(Path log, int lines) {
        try {
            List<String> all = Files.readAllLines(log);
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "(" + log + " cannot be read: " + e.getMessage() + ")";
        }
    }

    private static void rotate(Path log) throws IOException {
        if (Files.exists(log) && Files.size(log) > LOG_LIMIT) {
            Files.move(
                    log,
                    log.resolveSibling(log.getFileName() + ".1"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
