package io.prism.core.cache;

import java.time.Duration;
import java.util.Map;

/**
 * Where Redis is.
 *
 * @param servers by the name that namespaces use
 * @param timeout how long a command may take before the caller goes on without Redis
 */
public record RedisConfig(Map<String, Server> servers, Duration timeout) {
    /** The name a namespace uses unless it says otherwise. */
    public static final String DEFAULT = "redis";

    public static final Duration TIMEOUT = Duration.ofMillis(250);

    /** No Redis at all: namespaces with a cache are served by the database alone. */
    public static final RedisConfig NOWHERE = new RedisConfig(Map.of(), TIMEOUT);

    public RedisConfig {
        servers = Map.copyOf(servers);
    }

    /**
     * One server.
     *
     * @param url {@code redis://host:port/database}, {@code rediss://} with TLS; without
     *     credentials
     * @param user empty for the default user
     * @param password empty for none
     */
    public record Server(String url, String user, String password) {
        @Override
        public String toString() {
            return url;
        }
    }
}
