package io.prism.standalone.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.cache.CachedValue;
import io.prism.core.cache.FencedCache;
import io.prism.core.cache.FencedCacheSettings;
import io.prism.core.cache.FillOutcome;
import io.prism.core.cache.Lookup;
import io.prism.core.cache.ReadPoint;
import io.prism.core.cache.RedisConfig;
import io.prism.core.cache.RedisServers;
import io.prism.core.cache.RedisUrl;
import io.prism.core.spec.NamespaceName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Fills a namespace's cache as a reader does, and looks whether a value is still there. */
final class CacheLooker implements AutoCloseable {
    private final RedisServers servers;
    private final FencedCache cache;
    private final NamespaceName namespace;
    private final SqlLooker sql;

    /**
     * @param sql where values are read
     */
    CacheLooker(String redisUrl, String namespace, SqlLooker sql) {
        this.servers =
                new RedisServers(
                        new RedisConfig(
                                Map.of(
                                        RedisConfig.DEFAULT,
                                        RedisUrl.parse(redisUrl)
                                                .server(Optional.empty(), Optional.empty())),
                                Duration.ofSeconds(5)));
        this.cache =
                new FencedCache(
                        servers.get(RedisConfig.DEFAULT),
                        FencedCacheSettings.DEFAULT,
                        () -> UUID.randomUUID().toString());
        this.namespace = new NamespaceName(namespace);
        this.sql = sql;
    }

    /** Whether it is stored; not while a fence stands that may be newer. */
    boolean fill(String key) {
        return switch (cache.lookup(namespace, key).join()) {
            case Lookup.Hit ignored -> true;
            case Lookup.Filling ignored -> false;
            case Lookup.Miss(String token) -> {
                long xmin = sql.number("SELECT pg_snapshot_xmin(pg_current_snapshot())::text");
                yield cache.fill(
                                        namespace,
                                        key,
                                        token,
                                        new CachedValue(
                                                "cached".getBytes(UTF_8),
                                                ReadPoint.ofXmin(xmin),
                                                Instant.now()),
                                        Duration.ofHours(1))
                                .join()
                        == FillOutcome.STORED;
            }
        };
    }

    boolean has(String key) {
        return cache.peek(namespace, key).join().isPresent();
    }

    @Override
    public void close() {
        servers.close();
    }
}
