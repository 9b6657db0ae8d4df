package io.prism.connectors.cache;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/** A real Redis as a process, with its program and data in a folder; others wait for it. */
final class TestRedis implements AutoCloseable {
    private final int port;
    private final Process process;

    TestRedis(Path folder) throws IOException {
        Path program = folder.resolve("redis-server");
        try (InputStream in =
                TestRedis.class.getResourceAsStream("/redis-server-7.0.15-linux-amd64")) {
            Files.copy(Objects.requireNonNull(in), program);
        }
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = free.getLocalPort();
        }
        this.process =
                new ProcessBuilder(
                                program.toString(),
                                "--bind",
                                "127.0.0.1",
                                "--port",
                                String.valueOf(port),
                                "--dir",
                                folder.toString(),
                                "--save",
                                "")
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("redis.log").toFile())
                        .start();
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
