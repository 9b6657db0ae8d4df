package io.prism.core.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.spec.NamespaceName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** {@link FencedCache} on a real Redis, with tokens of the caller's choosing. */
final class RealCache implements CacheSteps {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final NamespaceName namespace;
    private final RedisLink redis;
    private final FencedCache cache;

    RealCache(NamespaceName namespace, RedisLink redis, Supplier<String> tokens) {
        this.namespace = namespace;
        this.redis = redis;
        this.cache =
                new FencedCache(redis, new FencedCacheSettings(LONG, LONG.multipliedBy(2)), tokens);
    }

    private static String name(int key) {
        return "user:" + key + ":profile";
    }

    private static <T> T done(CompletableFuture<T> future) {
        return future.join();
    }

    @Override
    public Found lookup(int key) {
        return switch (done(cache.lookup(namespace, name(key)))) {
            case Lookup.Hit(CachedValue value) ->
                    new Found.Hit(Integer.parseInt(new String(value.bytes(), UTF_8)));
            case Lookup.Miss(String token) -> new Found.Miss(token);
            case Lookup.Filling(String token) -> new Found.Filling(token);
        };
    }

    @Override
    public FillOutcome fill(int key, String token, int version, ReadPoint point) {
        return done(
                cache.fill(
                        namespace,
                        name(key),
                        token,
                        new CachedValue(
                                Integer.toString(version).getBytes(UTF_8),
                                point,
                                Instant.ofEpochMilli(1_000)),
                        LONG));
    }

    @Override
    public void release(int key, String token) {
        done(cache.release(namespace, name(key), token));
    }

    @Override
    public void invalidate(int key, ChangePoint at) {
        done(cache.invalidate(namespace, List.of(new Invalidation(name(key), at))));
    }

    @Override
    public void clear(ChangePoint at) {
        done(cache.clear(namespace, at));
    }

    private void delete(byte[]... names) {
        done(redis.call(commands -> commands.del(names)));
    }

    @Override
    public void expireValue(int key) {
        delete(new Keys(namespace.value()).value(name(key)));
    }

    @Override
    public void expireLease(int key) {
        delete(new Keys(namespace.value()).lease(name(key)));
    }

    @Override
    public void expireFence(int key) {
        Keys keys = new Keys(namespace.value());
        delete(keys.fence(name(key)), keys.clearing());
    }

    /** What it has forgotten is the model's business; that it has, its scripts tell. */
    @Override
    public void crash(int forgottenSteps) {
        done(redis.call(commands -> commands.scriptFlush()));
    }
}
