package io.prism.core.cache;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a server process into use for a namespace. A server that was restarted, or that took over
 * from another, may have forgotten invalidations that it or the other had confirmed; it has also
 * forgotten its scripts, which it never writes down, and so refuses every call. Whoever notices
 * first begins a new generation, and loads the scripts only then. Both go through one connection:
 * were they to reach two different processes, the second would serve what the first was cleared of.
 */
final class Admission {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    /** Older ones write scripts down. */
    private static final int OLDEST_MAJOR = 7;

    private static final Pattern VERSION = Pattern.compile("(?m)^redis_version:(\\d+)\\.");

    /** How long a server that refused is not asked to let a namespace in. */
    static final Duration PAUSE = Duration.ofSeconds(5);

    private final RedisLink redis;
    private final Supplier<String> tokens;
    private final Refusals refusals;
    private final Map<String, Refused> refused = new ConcurrentHashMap<>();
    private final Map<String, Map<Script, Script.Loaded>> scripts = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Void>> running = new ConcurrentHashMap<>();

    private record Refused(Throwable why, long until) {}

    Admission(RedisLink redis, Supplier<String> tokens, Refusals refusals) {
        this.redis = redis;
        this.tokens = tokens;
        this.refusals = refusals;
    }

    String sha(String namespace, Script script) {
        Script.Loaded loaded = scripts(namespace).get(script);
        if (loaded == null) {
            throw new IllegalStateException(script.name());
        }
        return loaded.sha();
    }

    private Map<Script, Script.Loaded> scripts(String namespace) {
        return scripts.computeIfAbsent(
                namespace,
                made -> {
                    Map<Script, Script.Loaded> all = new EnumMap<>(Script.class);
                    for (Script script : Script.values()) {
                        all.put(script, script.of(made));
                    }
                    return all;
                });
    }

    /**
     * Callers of one process that notice together are let in together; after a refusal they are
     * told the same for a pause, without a connection for each.
     */
    CompletableFuture<Void> admit(String namespace) {
        Refused before = refused.get(namespace);
        if (before != null && redis.nanos() - before.until() < 0) {
            return CompletableFuture.failedFuture(before.why());
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> others = running.putIfAbsent(namespace, mine);
        if (others != null) {
            return others;
        }
        redis.<Void>onceConnected(commands -> begin(namespace, commands))
                .whenComplete(
                        (done, failure) -> {
                            @Nullable Throwable why =
                                    failure == null ? null : RedisLink.unwrapped(failure);
                            if (why != null && refusals.heard(why)) {
                                refused.put(
                                        namespace,
                                        new Refused(why, redis.nanos() + PAUSE.toNanos()));
                            } else {
                                refused.remove(namespace);
                            }
                            running.remove(namespace, mine);
                            if (why == null) {
                                log.atInfo()
                                        .setMessage(
                                                "a redis serves a namespace's cache, empty from now")
                                        .addKeyValue("namespace", namespace)
                                        .addKeyValue("redis", redis.name())
                                        .log();
                                mine.complete(null);
                            } else {
                                mine.completeExceptionally(why);
                            }
                        });
        return mine;
    }

    private CompletableFuture<Void> begin(
            String namespace, RedisAsyncCommands<byte[], byte[]> commands) {
        return commands.info("server")
                .toCompletableFuture()
                .thenCompose(
                        info -> {
                            check(info);
                            return commands.set(
                                            new Keys(namespace).generation(),
                                            Generations.next(tokens))
                                    .toCompletableFuture();
                        })
                .thenCompose(
                        begun -> {
                            List<RedisFuture<String>> loads = new ArrayList<>();
                            scripts(namespace)
                                    .values()
                                    .forEach(
                                            script ->
                                                    loads.add(commands.scriptLoad(script.text())));
                            return CompletableFuture.allOf(
                                    loads.stream()
                                            .map(RedisFuture::toCompletableFuture)
                                            .toArray(CompletableFuture[]::new));
                        });
    }

    private void check(String info) {
        Matcher version = VERSION.matcher(info);
        if (!version.find() || Integer.parseInt(version.group(1)) < OLDEST_MAJOR) {
            throw new PrismException(
                    ErrorCode.CACHE_REFUSED,
                    "redis "
                            + redis.name()
                            + " is older than version "
                            + OLDEST_MAJOR
                            + ", which a cache of rows needs");
        }
    }
}
