package io.prism.core.cache;

import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Redis servers by name, each reached when it is first needed. Thread-safe. */
public final class RedisServers implements AutoCloseable {
    private static final Duration LONGEST_RECONNECT_DELAY = Duration.ofSeconds(1);

    private final RedisConfig config;
    private final ClientResources resources;
    private final Map<String, RedisLink> links = new ConcurrentHashMap<>();

    public RedisServers(RedisConfig config) {
        this.config = config;
        this.resources =
                DefaultClientResources.builder()
                        .ioThreadPoolSize(2)
                        .computationThreadPoolSize(2)
                        .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                        .reconnectDelay(
                                Delay.exponential(
                                        Duration.ofMillis(10),
                                        LONGEST_RECONNECT_DELAY,
                                        2,
                                        TimeUnit.MILLISECONDS))
                        .build();
    }

    /** Whether a server has this name. */
    public boolean knows(String name) {
        return config.servers().containsKey(name);
    }

    /**
     * Does not block and does not connect.
     *
     * @throws PrismException CACHE_UNKNOWN
     */
    public RedisLink get(String name) {
        RedisConfig.Server server = config.servers().get(name);
        if (server == null) {
            throw new PrismException(
                            ErrorCode.CACHE_UNKNOWN,
                            "redis "
                                    + name
                                    + " is not configured here: set redis.url (PRISM_REDIS_URL) in"
                                    + " this process's configuration; known are "
                                    + new TreeSet<>(config.servers().keySet()))
                    .with("redis", name);
        }
        return links.computeIfAbsent(
                name,
                made -> new RedisLink(made, server, config.timeout(), resources, System::nanoTime));
    }

    /** Why any server in use is not used at present, or an empty text. */
    public String problem() {
        return links.values().stream()
                .map(RedisLink::problem)
                .filter(problem -> !problem.isEmpty())
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        links.values().forEach(RedisLink::close);
        resources.shutdown(0, 1, TimeUnit.SECONDS);
    }
}
