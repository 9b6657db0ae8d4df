package io.prism.standalone.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A PostgreSQL of a test's own, to be killed and started again, or with settings of its own. */
public final class LonePostgres implements AutoCloseable {
    private final Path data;
    private final int port;
    private final List<String> settings;
    private EmbeddedPostgres server;

    private LonePostgres(Path data, int port, List<String> settings) {
        this.data = data;
        this.port = port;
        this.settings = settings;
        this.server = started();
    }

    /** Returns when connections are accepted. */
    public static LonePostgres start(Path data, String... settings) throws IOException {
        return start(data, ServerPorts.free().postgres(), settings);
    }

    /** The same on a port that nobody takes while it is away. */
    public static LonePostgres start(Path data, int port, String... settings) throws IOException {
        Files.createDirectories(data);
        return new LonePostgres(data.toAbsolutePath().normalize(), port, List.of(settings));
    }

    private EmbeddedPostgres started() {
        return EmbeddedPostgres.start(
                Binaries.inUserCache(),
                data.resolve("postgres"),
                port,
                data.resolve("postgres.log"),
                settings);
    }

    /** Without credentials. */
    public String url() {
        return "postgresql://127.0.0.1:" + port + "/" + EmbeddedPostgres.DATABASE;
    }

    public String user() {
        return EmbeddedPostgres.USER;
    }

    public String password() {
        return EmbeddedPostgres.PASSWORD;
    }

    /** All of its processes, at once. */
    public void kill() {
        EmbeddedServers.killLeftovers(data);
    }

    /** On the same port and data. */
    public void startAgain() {
        server = started();
    }

    @Override
    public void close() {
        server.close();
    }
}
