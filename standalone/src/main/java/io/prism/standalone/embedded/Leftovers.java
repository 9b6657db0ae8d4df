package io.prism.standalone.embedded;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers that a killed JVM left running. They are told by what the kernel says of every process,
 * not by a pid file, which may be missing or name a process that has nothing to do with it: the
 * program that runs has the server's name and works in this server's data folder.
 */
final class Leftovers {
    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);
    private static final Path PROC = Path.of("/proc");

    private Leftovers() {}

    /**
     * Stops every process that runs the program in the folder: asks the ones that are not children
     * of another with the signal, then kills what is still there after the patience.
     *
     * @param program the start of the program's file name
     * @return how many were running
     */
    static int stop(String program, Path folder, String signal, Duration patience)
            throws IOException {
        List<ProcessHandle> found = find(program, folder);
        if (found.isEmpty()) {
            return 0;
        }
        List<Long> pids = found.stream().map(ProcessHandle::pid).toList();
        log.atInfo()
                .addKeyValue("program", program)
                .addKeyValue("pids", pids)
                .log("Stopping processes that an earlier run left behind");
        for (ProcessHandle process : found) {
            boolean child = process.parent().map(p -> pids.contains(p.pid())).orElse(false);
            if (!child) {
                ChildProcess.signal(process.pid(), signal);
            }
        }
        if (!gone(found, patience)) {
            found.forEach(ProcessHandle::destroyForcibly);
            if (!gone(found, patience)) {
                throw new IOException(
                        program + " of an earlier run cannot be stopped (pids " + pids + ")");
            }
        }
        return found.size();
    }

    /** Processes that run this program in this folder. */
    static List<ProcessHandle> find(String program, Path folder) throws IOException {
        if (!Files.isDirectory(PROC) || !Files.isDirectory(folder)) {
            return List.of();
        }
        Path real = folder.toRealPath();
        var found = new ArrayList<ProcessHandle>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path entry : entries) {
                if (link(entry.resolve("exe"))
                                .map(exe -> exe.getFileName().toString().startsWith(program))
                                .orElse(false)
                        && link(entry.resolve("cwd")).map(real::equals).orElse(false)) {
                    ProcessHandle.of(Long.parseLong(entry.getFileName().toString()))
                            .ifPresent(found::add);
                }
            }
        }
        return found;
    }

    /** Empty for another user's process, and for one that has just ended. */
    private static Optional<Path> link(Path path) {
        try {
            return Optional.of(Files.readSymbolicLink(path)).filter(p -> p.getFileName() != null);
        } catch (IOException notOurs) {
            return Optional.empty();
        }
    }

    private static boolean gone(List<ProcessHandle> processes, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (processes.stream().anyMatch(ProcessHandle::isAlive)) {
            if (System.nanoTime() > deadline || !Pause.millis(10)) {
                return false;
            }
        }
        return true;
    }
}
