package io.prism.standalone.cli.client.demo;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.StatefulRedisConnection;
import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.console.ExitCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Redis as any client sees it. Used by one thread. */
public final class RedisView implements AutoCloseable {
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    /**
     * @param url with credentials, as {@code prism env} says it
     */
    RedisView(String url) {
        this.client = RedisClient.create(url);
        try {
            this.connection = client.connect();
        } catch (RedisException e) {
            client.shutdown();
            throw new CommandFailure(ExitCode.UNREACHABLE, "Redis refuses: " + e.getMessage(), e);
        }
    }

    /** The keys that match, in no order. */
    List<String> keys(String pattern) {
        List<String> keys = new ArrayList<>();
        ScanIterator.scan(connection.sync(), ScanArgs.Builder.matches(pattern))
                .forEachRemaining(keys::add);
        return keys;
    }

    /** How long a key still lives; not positive where it is not there, or lives for ever. */
    Duration lifetime(String key) {
        return Duration.ofMillis(connection.sync().pttl(key));
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
