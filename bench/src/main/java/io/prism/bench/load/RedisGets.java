package io.prism.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.prism.core.cache.RedisConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A plain {@code GET} of values that are the rows' texts, with Lettuce's asynchronous commands;
 * fails where the value is not what was set. Closing it deletes the keys.
 */
public final class RedisGets implements CallLoad.Call, AutoCloseable {
    /** Should nobody be there any more to delete the keys. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private final RedisClient client;
    private final List<StatefulRedisConnection<byte[], byte[]>> connections = new ArrayList<>();
    private final byte[][] keys;
    private final byte[][] values;
    private final Duration patience;

    /**
     * @param prefix of the keys, which end in the rows' ids, 1 and up
     */
    public RedisGets(
            RedisConfig.Server server,
            String prefix,
            int count,
            RowTexts texts,
            Duration patience) {
        this.patience = patience;
        this.keys = new byte[count][];
        this.values = new byte[count][];
        for (int i = 0; i < count; i++) {
            keys[i] = (prefix + (i + 1)).getBytes(UTF_8);
            values[i] = texts.of(i + 1).getBytes(UTF_8);
        }
        this.client = RedisClient.create(uri(server, patience));
    }

    private static RedisURI uri(RedisConfig.Server server, Duration timeout) {
        RedisURI uri = RedisURI.create(server.url());
        uri.setTimeout(timeout);
        if (!server.password().isEmpty()) {
            if (server.user().isEmpty()) {
                uri.setAuthentication(server.password().toCharArray());
            } else {
                uri.setAuthentication(server.user(), server.password().toCharArray());
            }
        }
        return uri;
    }

    /**
     * Sets the values; blocks.
     *
     * @param count of connections, which calls take by turns
     */
    public void set(int count) {
        for (int i = 0; i < count; i++) {
            connections.add(client.connect(ByteArrayCodec.INSTANCE));
        }
        List<RedisFuture<String>> all = new ArrayList<>();
        for (int i = 0; i < keys.length; i++) {
            all.add(commands(0).set(keys[i], values[i], SetArgs.Builder.ex(LONGEST)));
        }
        if (!LettuceFutures.awaitAll(patience, all.toArray(RedisFuture[]::new))) {
            throw new IllegalStateException("Redis did not set " + keys.length + " values in time");
        }
    }

    private RedisAsyncCommands<byte[], byte[]> commands(long index) {
        return connections.get((int) (index % connections.size())).async();
    }

    @Override
    public void start(long index, long due, CallLoad.Ended ended) {
        int at = (int) (index % keys.length);
        var _ =
                commands(index)
                        .get(keys[at])
                        .whenComplete(
                                (value, failure) -> {
                                    if (failure != null) {
                                        ended.failed(failure.toString());
                                    } else if (!Arrays.equals(values[at], value)) {
                                        ended.failed("a key holds what was not written to it");
                                    } else {
                                        ended.fine();
                                    }
                                });
    }

    @Override
    public void close() {
        try {
            if (!connections.isEmpty()) {
                connections.getFirst().sync().del(keys);
            }
        } finally {
            client.shutdown();
        }
    }
}
