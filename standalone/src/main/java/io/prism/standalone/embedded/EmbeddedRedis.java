package io.prism.standalone.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Redis with an append-only file, as a child process. */
final class EmbeddedRedis implements EmbeddedServer {
    static final String NAME = "Redis";
    static final String PROGRAM = "redis-server";
    private static final Duration START_PATIENCE = Duration.ofSeconds(30);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);

    private final ChildProcess process;
    private final int port;
    private final CompletableFuture<String> died;

    private EmbeddedRedis(ChildProcess process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.died =
                process.died()
                        .thenApply(
                                status ->
                                        "Redis ended with status "
                                                + status
                                                + " (log: "
                                                + log
                                                + ")");
    }

    /** Answers when commands are served. */
    static EmbeddedRedis start(Binaries binaries, Path folder, int port, Path log) {
        try {
            Files.createDirectories(folder);
            stopLeftovers(folder);
            ChildProcess process =
                    ChildProcess.start(command(binaries.redis(), folder, port), folder, log);
            awaitPong(process, port, log);
            return new EmbeddedRedis(process, port, log);
        } catch (IOException e) {
            throw new ServerStartException(NAME, String.valueOf(e.getMessage()), e);
        }
    }

    static int stopLeftovers(Path folder) throws IOException {
        return Leftovers.stop(PROGRAM, folder, "TERM", STOP_PATIENCE);
    }

    private static List<String> command(Path program, Path folder, int port) {
        return List.of(
                program.toString(),
                "--bind",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--dir",
                folder.toString(),
                "--appendonly",
                "yes",
                "--appendfsync",
                "everysec",
                "--save",
                "",
                "--daemonize",
                "no",
                "--logfile",
                "");
    }

    private static void awaitPong(ChildProcess process, int port, Path log) {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (!answersPing(port)) {
            if (!process.alive()) {
                throw new ServerStartException(
                        NAME, "it ended\n" + ChildProcess.tail(log, 5), null);
            }
            if (System.nanoTime() > deadline || !Pause.millis(5)) {
                process.kill();
                throw new ServerStartException(
                        NAME,
                        "no answer within " + START_PATIENCE.toSeconds() + " s; log: " + log,
                        null);
            }
        }
    }

    private static boolean answersPing(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1000);
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(5);
            return new String(answer, StandardCharsets.US_ASCII).equals("+PONG");
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

    @Override
    public void close() {
        process.stop(STOP_PATIENCE, "TERM");
    }
}
