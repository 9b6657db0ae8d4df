package io.prism.standalone.embedded;

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
 * PostgreSQL with logical decoding, durable (fsync and synchronous commit on), as a child process.
 * The program is the one Zonky packages; it is run directly, so that its end is noticed at once and
 * nothing but Prism's own order decides when it stops.
 */
final class EmbeddedPostgres implements EmbeddedServer {
    static final String NAME = "PostgreSQL";
    static final String USER = "postgres";
    static final String PASSWORD = "postgres";
    static final String DATABASE = "postgres";
    static final String PROGRAM = "postgres";
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofMillis(2500);

    private final ChildProcess process;
    private final int port;
    private final CompletableFuture<String> died;

    private EmbeddedPostgres(ChildProcess process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.died =
                process.died()
                        .thenApply(
                                status ->
                                        "PostgreSQL ended with status "
                                                + status
                                                + " (log: "
                                                + log
                                                + ")");
    }

    /** Answers when connections are accepted; makes the database on the folder's first use. */
    static EmbeddedPostgres start(Binaries binaries, Path folder, int port, Path log) {
        return start(binaries, folder, port, log, List.of());
    }

    /**
     * The same with other settings.
     *
     * @param further such as {@code wal_level=replica}; they win
     */
    static EmbeddedPostgres start(
            Binaries binaries, Path folder, int port, Path log, List<String> further) {
        try {
            PostgresUser user = PostgresUser.current();
            Path program = user.binaries(binaries, folder).postgres().resolve("bin");
            stopLeftovers(folder);
            // No server has this folder now. One that was killed may still be a zombie, which to
            // PostgreSQL is a running postmaster, and its pid file would say "ready" for the new
            // one.
            Files.deleteIfExists(folder.resolve("postmaster.pid"));
            if (!Files.exists(folder.resolve("PG_VERSION"))) {
                initialise(program, folder, user, log);
            }
            ChildProcess process =
                    ChildProcess.start(
                            user.command(command(program, folder, port, further)), folder, log);
            awaitReady(process, folder, log);
            return new EmbeddedPostgres(process, port, log);
        } catch (IOException e) {
            throw new ServerStartException(NAME, String.valueOf(e.getMessage()), e);
        }
    }

    static int stopLeftovers(Path folder) throws IOException {
        return Leftovers.stop(PROGRAM, folder, "INT", STOP_PATIENCE);
    }

    private static List<String> command(Path program, Path folder, int port, List<String> further) {
        var command =
                new ArrayList<>(
                        List.of(
                                program.resolve(PROGRAM).toString(),
                                "-D",
                                folder.toString(),
                                "-p",
                                String.valueOf(port)));
        var settings =
                new ArrayList<>(
                        List.of(
                                "listen_addresses=127.0.0.1",
                                "unix_socket_directories=",
                                "wal_level=logical",
                                "max_replication_slots=50",
                                "max_wal_senders=50",
                                "max_connections=100",
                                "fsync=on",
                                "synchronous_commit=on",
                                "shared_buffers=64MB",
                                "io_method=sync",
                                "jit=off"));
        settings.addAll(further);
        for (String setting : settings) {
            command.add("-c");
            command.add(setting);
        }
        return command;
    }

    /** Under another name until it is whole: initdb killed half-way leaves nothing that counts. */
    private static void initialise(Path program, Path folder, PostgresUser user, Path log)
            throws IOException {
        Path work = folder.resolveSibling(folder.getFileName() + ".new");
        Folders.delete(work);
        Files.createDirectories(work);
        user.own(work);
        Process initdb =
                new ProcessBuilder(
                                user.command(
                                        List.of(
                                                program.resolve("initdb").toString(),
                                                "-D",
                                                work.toString(),
                                                "-U",
                                                USER,
                                                "--auth=trust",
                                                "--encoding=UTF8",
                                                "--locale=C",
                                                "--no-sync",
                                                "--no-instructions")))
                        .directory(work.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        int status = waitFor(initdb);
        if (status != 0) {
            throw new IOException(
                    "initdb ended with status " + status + "\n" + ChildProcess.tail(log, 5));
        }
        Files.deleteIfExists(folder);
        Files.move(work, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    private static int waitFor(Process process) throws IOException {
        try {
            if (process.waitFor(START_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        throw new IOException("initdb did not end within " + START_PATIENCE.toSeconds() + " s");
    }

    /** The postmaster writes its state into line 8 of its pid file, which is what pg_ctl reads. */
    private static void awaitReady(ChildProcess process, Path folder, Path log) throws IOException {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        Path state = folder.resolve("postmaster.pid");
        while (!isReady(state)) {
            if (!process.alive()) {
                throw new ServerStartException(
                        NAME, "it ended\n" + ChildProcess.tail(log, 5), null);
            }
            if (System.nanoTime() > deadline || !Pause.millis(5)) {
                process.stop(STOP_PATIENCE, "INT");
                throw new ServerStartException(
                        NAME,
                        "not ready within " + START_PATIENCE.toSeconds() + " s; log: " + log,
                        null);
            }
        }
    }

    private static boolean isReady(Path state) {
        try {
            List<String> lines = Files.readAllLines(state);
            return lines.size() >= 8 && lines.get(7).strip().equals("ready");
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public CompletableFuture<String> died() {
        return died;
    }

    /** Fast shutdown, then immediate: the next start recovers from the write-ahead log. */
    @Override
    public void close() {
        process.stop(STOP_PATIENCE, "INT", "QUIT");
    }
}
