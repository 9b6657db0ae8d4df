package io.prism.standalone.embedded;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** A Redis of a test's own, to be killed and started again. */
public final class LoneRedis implements AutoCloseable {
    private final Path data;
    private final int port;
    private EmbeddedRedis server;

    private LoneRedis(Path data, int port) {
        this.data = data;
        this.port = port;
        this.server = started();
    }

    /** Returns when commands are served. */
    public static LoneRedis start(Path data) throws IOException {
        Files.createDirectories(data);
        return new LoneRedis(data.toAbsolutePath().normalize(), ServerPorts.free().redis());
    }

    private EmbeddedRedis started() {
        return EmbeddedRedis.start(
                Binaries.inUserCache(), data.resolve("redis"), port, data.resolve("redis.log"));
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Whether there is such a key. */
    public boolean holds(String key) {
        return ask(redis -> redis.exists(key) == 1);
    }

    /** Whether a kill would lose nothing. */
    public boolean hasWrittenDown() {
        return ask(redis -> redis.info("persistence").contains("aof_buffer_length:0\r\n"));
    }

    private boolean ask(Predicate<RedisCommands<String, String>> question) {
        try (RedisClient client = RedisClient.create(url());
                StatefulRedisConnection<String, String> connection = client.connect()) {
            return question.test(connection.sync());
        }
    }

    /** At once. */
    public void kill() {
        EmbeddedServers.killLeftovers(data);
    }

    /** It stays, and answers nobody until it goes on. */
    public void pause(boolean paused) throws IOException, InterruptedException {
        for (ProcessHandle process : EmbeddedServers.processes(data)) {
            int unused =
                    new ProcessBuilder(
                                    "kill",
                                    paused ? "-STOP" : "-CONT",
                                    String.valueOf(process.pid()))
                            .start()
                            .waitFor();
        }
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
