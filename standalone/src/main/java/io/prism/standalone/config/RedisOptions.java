package io.prism.standalone.config;

import static io.prism.standalone.config.ConfigOption.optional;
import static io.prism.standalone.config.ConfigOption.withDefault;

import io.prism.core.cache.RedisConfig;
import io.prism.core.cache.RedisUrl;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Where Redis is, for every role that deals with it. */
public final class RedisOptions {
    public static final ConfigOption<RedisUrl> URL =
            optional(
                    "redis.url",
                    ValueType.REDIS_URL,
                    "The Redis that caches live in, such as `redis://user:password@host:6379/0`,"
                            + " or `rediss://` with TLS; version 7 or newer. Without it, rows are"
                            + " served by their database alone, and CacheService is not served.");
    public static final ConfigOption<Duration> TIMEOUT =
            withDefault(
                    "redis.timeout",
                    ValueType.DURATION,
                    "250ms",
                    "How long Redis may take before a read goes on without it.");

    private RedisOptions() {}

    static RedisConfig redis(Settings settings) {
        return settings.find(URL)
                .map(
                        url ->
                                new RedisConfig(
                                        Map.of(
                                                RedisConfig.DEFAULT,
                                                url.server(Optional.empty(), Optional.empty())),
                                        settings.get(TIMEOUT)))
                .orElse(RedisConfig.NOWHERE);
    }

    /** One server, the one that namespaces use unless they say otherwise. */
    public static RedisConfig at(String url) {
        return at(url, RedisConfig.TIMEOUT);
    }

    /** The same with another {@link RedisConfig#timeout}. */
    public static RedisConfig at(String url, Duration timeout) {
        return new RedisConfig(
                Map.of(
                        RedisConfig.DEFAULT,
                        RedisUrl.parse(url).server(Optional.empty(), Optional.empty())),
                timeout);
    }
}
