package io.prism.gateway.cache;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.cache.RedisConfig;
import io.prism.core.cache.RedisServers;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import java.util.Optional;

/** The values of all namespaces with client_api cache. Thread-safe. */
public final class CacheValues {
    private final RedisServers servers;
    private final MeterRegistry meters;

    public CacheValues(RedisServers servers, MeterRegistry meters) {
        this.servers = servers;
        this.meters = meters;
    }

    /**
     * A namespace's.
     *
     * @throws io.prism.core.error.PrismException CACHE_UNKNOWN
     */
    public KeyValues of(NamespaceSpec namespace) {
        Optional<PatternSpec.Cache> cache = namespace.pattern(PatternSpec.Cache.class);
        return new KeyValues(
                namespace.name().value(),
                servers.get(cache.map(PatternSpec.Cache::backend).orElse(RedisConfig.DEFAULT)),
                cache.flatMap(PatternSpec.Cache::ttl),
                cache.flatMap(PatternSpec.Cache::maxItemSize),
                meters);
    }
}
