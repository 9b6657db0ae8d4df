package io.prism.gateway.cache.rows;

import io.prism.core.cache.CachedValue;
import io.prism.core.cache.ChangePoint;
import io.prism.core.cache.FencedCache;
import io.prism.core.cache.FillOutcome;
import io.prism.core.cache.Invalidation;
import io.prism.core.cache.Lookup;
import io.prism.core.cache.ReadPoint;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceName;
import io.prism.gateway.reader.RowCache.Loaded;
import io.prism.gateway.reader.RowCache.Reading;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Look-aside: the cache is asked first, and filled with what it lacked. One namespace's; calls
 * block; thread-safe.
 *
 * <p>Every caller looks into Redis for itself, so that none is served what was invalidated before
 * it came; those of one process who find the same lease wait for its holder in memory, others look
 * again until the row is there. Whoever waited long enough reads the database, and stores nothing.
 */
final class LookAside {
    private static final Logger log = LoggerFactory.getLogger(LookAside.class);
    private static final long FIRST_PAUSE_MILLIS = 2;
    private static final long LONGEST_PAUSE_MILLIS = 50;

    /** Of rows read ahead that Redis has not confirmed. */
    private static final long WARMING_BYTES = 1 << 20;

    private final NamespaceName namespace;
    private final FencedCache cache;
    private final RowCacheSettings settings;
    private final CacheMetrics metrics;
    private final Clock clock;

    /** Loads of this process under way, by their lease. */
    private final Map<String, CompletableFuture<Loaded<?>>> flights = new ConcurrentHashMap<>();

    /** For when there is no lease to be had. */
    private final Coalescer<Loaded<?>> bypass = new Coalescer<>();

    private final Unsure unsure = new Unsure();

    LookAside(
            NamespaceName namespace,
            FencedCache cache,
            RowCacheSettings settings,
            CacheMetrics metrics,
            Clock clock) {
        this.namespace = namespace;
        this.cache = cache;
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * A row. Fails only as the loading fails.
     *
     * @param collection two collections never answer for each other, even if their keys are equal
     * @param key empty where the row cannot be cached
     */
    <T> T get(String collection, Optional<String> key, Reading<T> reading) {
        return key.isPresent() ? get(collection, key.get(), reading) : load(reading).value();
    }

    private <T> T get(String collection, String key, Reading<T> reading) {
        long deadline = System.nanoTime() + patience(reading, 2).toNanos();
        long pause = FIRST_PAUSE_MILLIS;
        boolean waited = false;
        while (true) {
            Optional<Lookup> found = unsure.holds(key) ? Optional.empty() : lookup(key);
            if (found.isEmpty()) {
                return around(collection, key, reading);
            }
            switch (found.get()) {
                case Lookup.Hit(CachedValue value) -> {
                    return hit(value, collection, reading);
                }
                case Lookup.Miss(String token) -> {
                    metrics.miss();
                    return fill(collection, key, token, reading).value();
                }
                case Lookup.Filling(String token) -> {
                    if (!waited) {
                        waited = true;
                        metrics.miss();
                        metrics.waited();
                    }
                    Optional<Loaded<?>> landed = join(token, deadline);
                    if (landed.isPresent()) {
                        return taken(landed.get(), reading);
                    }
                    if (deadline - System.nanoTime() < 0) {
                        return load(reading).value();
                    }
                    sleep(pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
                }
            }
        }
    }

    /** How long to wait for others; what is left of the call then is for reading oneself. */
    private Duration patience(Reading<?> reading, int part) {
        Duration most = reading.left().dividedBy(part);
        return most.compareTo(settings.patience()) < 0 ? most : settings.patience();
    }

    /** Empty where Redis does not answer. */
    private Optional<Lookup> lookup(String key) {
        try {
            return Optional.of(cache.lookup(namespace, key).get());
        } catch (ExecutionException unavailable) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private <T> T hit(CachedValue value, String collection, Reading<T> reading) {
        Optional<T> row =
                Envelope.decode(value.bytes())
                        .filter(envelope -> envelope.collection().equals(collection))
                        .flatMap(
                                envelope ->
                                        switch (envelope) {
                                            case Envelope.Row kept -> reading.kept(kept.bytes());
                                            case Envelope.Uncached uncached -> Optional.<T>empty();
                                        });
        if (row.isPresent()) {
            metrics.hit();
            return row.get();
        }
        metrics.miss();
        return load(reading).value();
    }

    /** What another caller has loaded, if it will do. */
    private <T> T taken(Loaded<?> loaded, Reading<T> reading) {
        return reading.kept(loaded.bytes()).orElseGet(() -> load(reading).value());
    }

    /** The one who reads for all. The others have the row before it is stored. */
    private <T> Loaded<T> fill(String collection, String key, String token, Reading<T> reading) {
        CompletableFuture<Loaded<?>> flight = new CompletableFuture<>();
        flights.put(token, flight);
        CompletableFuture<?> stored = CompletableFuture.completedFuture(null);
        try {
            Instant asOf = clock.instant();
            Loaded<T> loaded = load(reading);
            stored = keep(collection, key, token, loaded, asOf);
            flight.complete(loaded);
            return loaded;
        } catch (RuntimeException | Error e) {
            flight.completeExceptionally(e);
            stored = cache.release(namespace, key, token);
            throw e;
        } finally {
            stored.whenComplete((done, failure) -> flights.remove(token, flight));
        }
    }

    /** Reads the rows of keys, in the order of the keys given. */
    interface Ahead {
        void load(List<String> keys, BiConsumer<String, Loaded<?>> row);
    }

    /**
     * Rows that nobody asks for yet, where there is neither a value nor a reader of it.
     *
     * @return how many are stored
     * @throws PrismException CACHE_UNAVAILABLE, or as the loading fails
     */
    int warm(String collection, List<String> keys, Ahead ahead) {
        List<CompletableFuture<Optional<String>>> asked =
                keys.stream().map(key -> cache.lease(namespace, key)).toList();
        Map<String, String> leases = new LinkedHashMap<>();
        try {
            for (int i = 0; i < keys.size(); i++) {
                String key = keys.get(i);
                await(asked.get(i)).ifPresent(token -> leases.put(key, token));
            }
            return leases.isEmpty() ? 0 : warm(collection, leases, ahead);
        } finally {
            leases.forEach((key, token) -> cache.release(namespace, key, token));
        }
    }

    /**
     * @param leases by key; those that are used are taken out
     */
    private int warm(String collection, Map<String, String> leases, Ahead ahead) {
        Instant asOf = clock.instant();
        Warmed warmed = new Warmed();
        ahead.load(
                List.copyOf(leases.keySet()),
                (key, loaded) -> {
                    String token = leases.get(key);
                    if (token != null && small(loaded)) {
                        leases.remove(key);
                        warmed.add(store(collection, key, token, loaded, asOf), loaded.bytes());
                    }
                });
        warmed.await();
        return warmed.stored;
    }

    /** What is on its way to Redis; used by one thread. */
    private static final class Warmed {
        private final List<CompletableFuture<FillOutcome>> fills = new ArrayList<>();
        private long bytes;
        private int stored;

        void add(CompletableFuture<FillOutcome> fill, byte[] row) {
            fills.add(fill);
            bytes += row.length;
            if (bytes > WARMING_BYTES) {
                await();
            }
        }

        void await() {
            for (CompletableFuture<FillOutcome> fill : fills) {
                if (LookAside.await(fill) == FillOutcome.STORED) {
                    stored++;
                }
            }
            fills.clear();
            bytes = 0;
        }
    }

    private static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof PrismException known
                    ? known
                    : new PrismException(
                            ErrorCode.CACHE_REFUSED, "redis refused a command", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
        }
    }

    private boolean small(Loaded<?> loaded) {
        return settings.maxItemSize()
                .map(most -> loaded.bytes().length <= most.bytes())
                .orElse(true);
    }

    private CompletableFuture<?> keep(
            String collection, String key, String token, Loaded<?> loaded, Instant asOf) {
        return loaded.found() || settings.negativeTtl().isPresent()
                ? store(collection, key, token, loaded, asOf)
                : cache.release(namespace, key, token);
    }

    private CompletableFuture<FillOutcome> store(
            String collection, String key, String token, Loaded<?> loaded, Instant asOf) {
        Duration ttl =
                loaded.found() ? settings.ttl() : settings.negativeTtl().orElse(settings.ttl());
        Envelope envelope =
                small(loaded)
                        ? new Envelope.Row(collection, loaded.bytes())
                        : new Envelope.Uncached(collection);
        return cache.fill(
                        namespace,
                        key,
                        token,
                        new CachedValue(
                                envelope.encode(), ReadPoint.ofLsn(loaded.position()), asOf),
                        ttl)
                .whenComplete(
                        (outcome, failure) -> {
                            if (failure == null) {
                                metrics.filled(outcome);
                            } else {
                                log.atDebug()
                                        .setMessage("a row was read and could not be cached")
                                        .addKeyValue("namespace", namespace)
                                        .setCause(failure)
                                        .log();
                            }
                        });
    }

    /**
     * Waits for a load of this process.
     *
     * @return empty where the lease is another process's, its holder failed, or it takes too long
     */
    private Optional<Loaded<?>> join(String token, long deadline) {
        CompletableFuture<Loaded<?>> flight = flights.get(token);
        if (flight == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    flight.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Without Redis. Callers share what was loaded after they came. */
    private <T> T around(String collection, String key, Reading<T> reading) {
        metrics.bypassed();
        Own<T> own = new Own<>();
        Loaded<?> loaded =
                bypass.load(
                        collection + '\n' + key,
                        () -> own.set(load(reading)),
                        // Who joins waits for two turns.
                        patience(reading, 4).toMillis());
        return own.get().map(Loaded::value).orElseGet(() -> taken(loaded, reading));
    }

    /** Where a caller finds what it has loaded itself. Used by one thread. */
    private static final class Own<T> {
        private Optional<Loaded<T>> loaded = Optional.empty();

        Loaded<T> set(Loaded<T> value) {
            loaded = Optional.of(value);
            return value;
        }

        Optional<Loaded<T>> get() {
            return loaded;
        }
    }

    private <T> Loaded<T> load(Reading<T> reading) {
        metrics.loaded();
        return reading.load();
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Makes rows known to have changed, as every session of the database already sees. Where that
     * fails, they are read from the database here until it is repeated and does not. After too many
     * failures all rows are forgotten instead.
     */
    CompletableFuture<Void> changed(List<String> keys) {
        if (unsure.all()) {
            return clear();
        }
        return unsure.told(
                keys,
                () ->
                        cache.invalidate(
                                        namespace,
                                        keys.stream()
                                                .map(key -> new Invalidation(key, ChangePoint.NONE))
                                                .toList())
                                .thenAccept(deleted -> metrics.invalidated(keys.size())));
    }

    /** The same of all rows. */
    CompletableFuture<Void> clear() {
        return unsure.toldAll(
                () ->
                        cache.clear(namespace, ChangePoint.NONE)
                                .thenRun(() -> metrics.invalidated(1)));
    }
}
