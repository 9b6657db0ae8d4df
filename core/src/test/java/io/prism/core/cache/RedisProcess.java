package io.prism.core.cache;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;

/** A real Redis on a port of its own, which can be killed, held up and started again. */
final class RedisProcess implements AutoCloseable {
    private final Path folder;
    private final Path program;
    private final int port;
    private Process process;

    RedisProcess(Path folder) throws IOException {
        this.folder = folder;
        this.program = folder.resolve("redis-server");
        try (InputStream in =
                RedisProcess.class.getResourceAsStream("/redis-server-7.0.15-linux-amd64")) {
            Files.copy(Objects.requireNonNull(in), program);
        }
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        try (ServerSocket free = new ServerSocket(0)) {
            this.port = free.getLocalPort();
        }
        this.process = launch();
    }

    private Process launch() throws IOException {
        Process made =
                new ProcessBuilder(
                                List.of(
                                        program.toString(),
                                        "--bind",
                                        "127.0.0.1",
                                        "--port",
                                        String.valueOf(port),
                                        "--dir",
                                        folder.toString(),
                                        "--appendonly",
                                        "yes",
                                        "--save",
                                        ""))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("redis.log").toFile())
                        .start();
        Awaitility.await()
                .atMost(java.time.Duration.ofMinutes(1))
                .pollDelay(java.time.Duration.ZERO)
                .until(this::answers);
        return made;
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII)
                    .equals("+PONG");
        } catch (IOException notYet) {
            return false;
        }
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void start() throws IOException {
        process = launch();
    }

    /** It stays, and answers nobody. */
    void stop(boolean stopped) throws IOException, InterruptedException {
        new ProcessBuilder("kill", stopped ? "-STOP" : "-CONT", String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    /** Where it writes down what it has confirmed. */
    Path appendOnlyFolder() {
        return folder.resolve("appendonlydir");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
