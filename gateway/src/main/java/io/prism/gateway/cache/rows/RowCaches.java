package io.prism.gateway.cache.rows;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.cache.FencedCache;
import io.prism.core.cache.FencedCacheSettings;
import io.prism.core.cache.KeyTemplate;
import io.prism.core.cache.NamespaceEraser;
import io.prism.core.cache.RedisServers;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.gateway.reader.RowCache;
import io.prism.gateway.reader.RowKey;
import io.prism.gateway.relation.TableName;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cached rows of all namespaces that declare a cache. Thread-safe. */
public final class RowCaches implements RowCache {
    private static final Logger log = LoggerFactory.getLogger(RowCaches.class);

    private static final String INVALIDATOR = "cache_invalidator";
    private static final String EXTRACTOR = "key_extractor";

    private final RedisServers servers;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Supplier<String> tokens;
    private final Map<NamespaceName, Open> open = new ConcurrentHashMap<>();
    private volatile Warming warming = (namespace, what) -> () -> {};

    /** Reads a namespace's rows ahead. */
    @FunctionalInterface
    public interface Warming {
        /**
         * Returns at once.
         *
         * @return ends it
         */
        Runnable begin(NamespaceSpec namespace, PatternSpec.Cache.WarmUp what);
    }

    /**
     * Columns that name a row.
     *
     * @param columns to their values
     * @param primaryKey its table's; empty where there is none
     */
    public record Named(Map<String, String> columns, List<String> primaryKey) {
        public Named {
            columns = Map.copyOf(columns);
            primaryKey = List.copyOf(primaryKey);
        }
    }

    /**
     * @param template empty where a collection's is made of its name and its key
     */
    private record Open(
            NamespaceSpec namespace,
            PatternSpec.Cache spec,
            Optional<KeyTemplate> template,
            LookAside rows) {
        /** Of a row that was written; empty where it is named otherwise than readers name it. */
        Optional<String> key(String collection, Named row) {
            return template.isPresent()
                            || RowCaches.names(
                                    namespace, collection, row.columns().keySet(), row.primaryKey())
                    ? key(collection, row.columns())
                    : Optional.empty();
        }

        /**
         * @param columns that readers name a row by
         */
        Optional<String> key(String collection, Map<String, String> columns) {
            return template.orElseGet(
                            () ->
                                    KeyTemplate.byDefault(
                                            collection,
                                            List.copyOf(new TreeSet<>(columns.keySet()))))
                    .render(columns::get);
        }
    }

    /**
     * @param tokens makes texts that are never made twice by any process
     */
    public RowCaches(
            RedisServers servers, MeterRegistry meters, Clock clock, Supplier<String> tokens) {
        this.servers = servers;
        this.meters = meters;
        this.clock = clock;
        this.tokens = tokens;
    }

    /** Sets what is done for each namespace that is opened from now on and asks for a warm-up. */
    public void warmWith(Warming how) {
        warming = how;
    }

    /**
     * Checks that a namespace's server is configured; one that does not answer is no reason to
     * refuse it.
     *
     * @throws PrismException CACHE_UNKNOWN
     */
    public void check(PatternSpec.Cache spec) {
        var unused = servers.get(spec.backend());
    }

    /**
     * Begins to keep a namespace's rows; without a server, its database goes on to serve them.
     *
     * @return ends it
     */
    public Runnable open(NamespaceSpec of, PatternSpec.Cache spec) {
        NamespaceName namespace = of.name();
        if (!servers.knows(spec.backend())) {
            log.atWarn()
                    .setMessage("a namespace's cache is not configured here; its database serves")
                    .addKeyValue("namespace", namespace)
                    .addKeyValue("redis", spec.backend())
                    .log();
            return () -> {};
        }
        List<KeyTemplate> invalidated = invalidated(of);
        Optional<KeyTemplate> template =
                spec.keyPattern()
                        .map(KeyTemplate::parse)
                        .or(() -> invalidated.stream().findFirst());
        if (!invalidated.isEmpty()
                && invalidated.stream().noneMatch(template.orElseThrow()::sameKeysAs)) {
            log.atWarn()
                    .setMessage(
                            "rows are not cached: key_pattern makes other keys than the"
                                    + " cache_invalidator's key_extractor")
                    .addKeyValue("namespace", namespace)
                    .addKeyValue("key_pattern", template.get())
                    .log();
            return () -> {};
        }
        Open made =
                new Open(
                        of,
                        spec,
                        template,
                        new LookAside(
                                namespace,
                                new FencedCache(
                                        servers.get(spec.backend()),
                                        FencedCacheSettings.DEFAULT,
                                        tokens),
                                RowCacheSettings.of(spec),
                                new CacheMetrics(namespace.value(), meters),
                                clock));
        open.put(namespace, made);
        Runnable cold = spec.warmUp().map(what -> warming.begin(of, what)).orElse(() -> {});
        return () -> {
            cold.run();
            open.remove(namespace, made);
        };
    }

    /** What captured changes of the namespace's tables invalidate. */
    private static List<KeyTemplate> invalidated(NamespaceSpec namespace) {
        return namespace.pattern(PatternSpec.Cdc.class).stream()
                .flatMap(cdc -> cdc.consumers().stream())
                .filter(RowCaches::invalidates)
                .flatMap(
                        consumer -> Optional.ofNullable(consumer.options().get(EXTRACTOR)).stream())
                .map(KeyTemplate::parse)
                .toList();
    }

    private static boolean invalidates(PatternSpec.Cdc.Consumer consumer) {
        return consumer.type().equals(INVALIDATOR);
    }

    /**
     * Makes rows invisible that an earlier namespace of that name has left behind: nobody was told
     * of their changes meanwhile. Blocks; a server that does not answer is no reason to refuse a
     * namespace, and is said. A namespace that is served here has begun, and goes on.
     */
    public void begin(NamespaceName namespace, String server) {
        if (open.containsKey(namespace)) {
            return;
        }
        try {
            NamespaceEraser.forget(servers.get(server), namespace);
        } catch (PrismException e) {
            tolerated(
                    "rows that an earlier namespace of that name has cached may be served until"
                            + " their ttl, or `prism cache clear`",
                    namespace,
                    e);
        }
    }

    /**
     * Removes what a namespace has in a Redis, where that is configured; blocks. What a server that
     * does not answer keeps ends with its ttl, and is not seen by a later namespace.
     */
    public void erase(NamespaceName namespace, String server) {
        if (servers.knows(server)) {
            try {
                NamespaceEraser.erase(servers.get(server), namespace);
            } catch (PrismException e) {
                tolerated("what a namespace had in redis was not removed", namespace, e);
            }
        }
    }

    /**
     * Checks that a server whose values are to be removed answers, if it is configured; blocks.
     *
     * @throws PrismException CACHE_UNAVAILABLE
     */
    public void checkAnswers(String server) {
        if (servers.knows(server)) {
            servers.get(server).checkAnswers();
        }
    }

    private static void tolerated(String what, NamespaceName namespace, PrismException why) {
        if (why.code() != ErrorCode.CACHE_UNAVAILABLE && why.code() != ErrorCode.CACHE_REFUSED) {
            throw why;
        }
        log.atWarn()
                .setMessage(what)
                .addKeyValue("namespace", namespace)
                .addKeyValue("cause", why.getMessage())
                .log();
    }

    @Override
    public boolean keeps(NamespaceSpec namespace, String collection) {
        return open.containsKey(namespace.name()) && isKeptFresh(namespace, collection);
    }

    /**
     * Where changes are captured to keep a cache fresh, nothing is cached that they say nothing of;
     * elsewhere the ttl bounds how old a row gets.
     */
    private static boolean isKeptFresh(NamespaceSpec namespace, String collection) {
        return namespace
                .pattern(PatternSpec.Cdc.class)
                .filter(cdc -> cdc.consumers().stream().anyMatch(RowCaches::invalidates))
                .map(
                        cdc ->
                                cdc.tables().stream()
                                        .map(table -> TableName.of(table).toString())
                                        .anyMatch(collection::equals))
                .orElse(true);
    }

    @Override
    public <T> T get(RowKey key, Reading<T> reading) {
        Open its = open.get(key.namespace().name());
        return its == null
                ? reading.load().value()
                : its.rows()
                        .get(key.collection(), its.key(key.collection(), key.columns()), reading);
    }

    /** Rows whose key makes no text are left out. */
    @Override
    public int warm(List<RowKey> keys, Ahead ahead) {
        Open its = keys.isEmpty() ? null : open.get(keys.getFirst().namespace().name());
        if (its == null) {
            return 0;
        }
        String collection = keys.getFirst().collection();
        Map<String, RowKey> texts = new LinkedHashMap<>();
        Map<RowKey, String> rows = new HashMap<>();
        for (RowKey key : keys) {
            its.key(collection, key.columns())
                    .ifPresent(
                            text -> {
                                texts.put(text, key);
                                rows.put(key, text);
                            });
        }
        return its.rows()
                .warm(
                        collection,
                        List.copyOf(texts.keySet()),
                        (wanted, row) ->
                                ahead.load(
                                        wanted.stream().map(texts::get).toList(),
                                        (key, loaded) -> {
                                            String text = rows.get(key);
                                            if (text != null) {
                                                row.accept(text, loaded);
                                            }
                                        }));
    }

    /** Whether columns are those that readers of a collection name a row by. */
    public static boolean names(
            NamespaceSpec namespace,
            String collection,
            Set<String> columns,
            List<String> primaryKey) {
        return !columns.isEmpty()
                && namespace.collections().stream()
                        .filter(own -> TableName.of(own.relation()).toString().equals(collection))
                        .map(own -> own.key().isEmpty() ? primaryKey : own.key())
                        .anyMatch(key -> columns.equals(Set.copyOf(key)));
    }

    /** Whether writes of Prism's own are to be made known. */
    public boolean writesThrough(NamespaceName namespace) {
        Open its = open.get(namespace);
        return its != null && its.spec().strategy() == PatternSpec.Cache.Strategy.WRITE_THROUGH;
    }

    /**
     * Makes a row known to have changed, as every session already sees; returns at once.
     *
     * @param row where its key cannot be made of that, all rows are forgotten
     */
    public CompletableFuture<Void> changed(NamespaceName namespace, String collection, Named row) {
        Open its = open.get(namespace);
        if (its == null) {
            return CompletableFuture.completedFuture(null);
        }
        return its.key(collection, row)
                .map(key -> its.rows().changed(List.of(key)))
                .orElseGet(() -> its.rows().clear());
    }

    /**
     * Makes a namespace forget its rows; blocks until Redis has confirmed.
     *
     * @throws PrismException PATTERN_NOT_AVAILABLE where the namespace caches no rows, or
     *     CACHE_UNAVAILABLE
     */
    public void clearNow(NamespaceSpec namespace) {
        if (!open.containsKey(namespace.name())) {
            throw new PrismException(
                            ErrorCode.PATTERN_NOT_AVAILABLE,
                            "namespace "
                                    + namespace.name()
                                    + " caches no rows here: it needs client_api reader, the cache"
                                    + " pattern, and a redis in this process's configuration")
                    .with("namespace", namespace.name());
        }
        try {
            clear(namespace.name()).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof PrismException known
                    ? known
                    : new PrismException(
                            ErrorCode.CACHE_REFUSED,
                            "redis refused to clear namespace " + namespace.name(),
                            e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "the call was interrupted", e);
        }
    }

    /** Makes all rows of a namespace known to have changed; returns at once. */
    public CompletableFuture<Void> clear(NamespaceName namespace) {
        Open its = open.get(namespace);
        return its == null ? CompletableFuture.completedFuture(null) : its.rows().clear();
    }
}
