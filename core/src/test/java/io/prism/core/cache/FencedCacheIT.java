package io.prism.core.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.protocol.CommandType;
import io.prism.core.cache.Interleaving.Points;
import io.prism.core.cache.ModelCache.Flaw;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts on a real Redis. */
final class FencedCacheIT {
    private static final NamespaceName NAMESPACE = new NamespaceName("user-profiles");
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final List<Points> POINTS = List.of(Points.values());

    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init")
    private RedisProcess server;

    @SuppressWarnings("NullAway.Init")
    private RedisServers servers;

    @SuppressWarnings("NullAway.Init")
    private RedisLink redis;

    @SuppressWarnings("NullAway.Init")
    private FencedCache cache;

    @BeforeEach
    void start() throws IOException {
        server = new RedisProcess(folder);
        connect(Duration.ofSeconds(30));
    }

    private void connect(Duration timeout) {
        servers =
                new RedisServers(
                        new RedisConfig(
                                Map.of(
                                        "redis",
                                        RedisUrl.parse(server.url())
                                                .server(Optional.empty(), Optional.empty())),
                                timeout));
        redis = servers.get("redis");
        cache = fenced(FencedCacheSettings.DEFAULT);
    }

    private FencedCache fenced(FencedCacheSettings settings) {
        return new FencedCache(redis, settings, () -> UUID.randomUUID().toString());
    }

    @AfterEach
    void stop() {
        servers.close();
        server.close();
    }

    private static CachedValue value(String text, ReadPoint point) {
        return new CachedValue(text.getBytes(UTF_8), point, Instant.ofEpochMilli(1_234_567));
    }

    private String miss(String key) {
        return ((Lookup.Miss) cache.lookup(NAMESPACE, key).join()).token();
    }

    private void store(String key, String text) {
        assertThat(
                        cache.fill(NAMESPACE, key, miss(key), value(text, ReadPoint.ofLsn(50)), TTL)
                                .join())
                .isEqualTo(FillOutcome.STORED);
    }

    @Test
    void a_value_comes_back_with_its_point_and_time() {
        // Given
        String token = miss("user:1:profile");
        assertThat(cache.lookup(NAMESPACE, "user:1:profile").join())
                .isEqualTo(new Lookup.Filling(token));
        CachedValue value = value("Ada", new ReadPoint(0x1_0000_0005L, 0xFFFF_FFFF_FFFF_FFF0L));

        // When
        cache.fill(NAMESPACE, "user:1:profile", token, value, TTL).join();

        // Then
        Lookup.Hit hit = (Lookup.Hit) cache.lookup(NAMESPACE, "user:1:profile").join();
        assertThat(hit.value()).usingRecursiveComparison().isEqualTo(value);
        assertThat(cache.peek(NAMESPACE, "user:1:profile").join()).isPresent();
        assertThat(cache.peek(NAMESPACE, "user:2:profile").join()).isEmpty();
        assertThat(cache.lookup(new NamespaceName("others"), "user:1:profile").join())
                .isInstanceOf(Lookup.Miss.class);
    }

    @Test
    void a_lease_for_what_nobody_asks_for_is_one_like_any_other() {
        // Given
        String token = cache.lease(NAMESPACE, "k").join().orElseThrow();

        // Then it is the only one
        assertThat(cache.lease(NAMESPACE, "k").join()).isEmpty();
        assertThat(cache.lookup(NAMESPACE, "k").join()).isEqualTo(new Lookup.Filling(token));

        // When it is voided, then it fills nothing, and there is another
        cache.invalidate(NAMESPACE, List.of(new Invalidation("k", ChangePoint.NONE))).join();
        assertThat(cache.fill(NAMESPACE, "k", token, value("old", ReadPoint.ofLsn(9)), TTL).join())
                .isEqualTo(FillOutcome.VOIDED);
        String next = cache.lease(NAMESPACE, "k").join().orElseThrow();

        // When it fills, then there is none for as long as the value is served
        cache.fill(NAMESPACE, "k", next, value("new", ReadPoint.ofLsn(9)), TTL).join();
        assertThat(cache.lease(NAMESPACE, "k").join()).isEmpty();
        cache.clear(NAMESPACE, ChangePoint.NONE).join();
        assertThat(cache.lease(NAMESPACE, "k").join()).isPresent();
    }

    @Test
    void an_invalidation_voids_the_lease_and_fences_what_is_older() {
        // Given a reader that has read before a change
        String token = miss("k");
        cache.invalidate(NAMESPACE, List.of(new Invalidation("k", new ChangePoint(0, 100)))).join();

        // When it fills, then its lease is void
        assertThat(cache.fill(NAMESPACE, "k", token, value("old", ReadPoint.ofLsn(90)), TTL).join())
                .isEqualTo(FillOutcome.VOIDED);

        // When one with a lease fills what is as old, then the fence refuses it
        assertThat(
                        cache.fill(
                                        NAMESPACE,
                                        "k",
                                        miss("k"),
                                        value("old", ReadPoint.ofLsn(100)),
                                        TTL)
                                .join())
                .isEqualTo(FillOutcome.OLDER);

        // When one fills what is newer, then it is stored, and the same change told again keeps it
        assertThat(
                        cache.fill(
                                        NAMESPACE,
                                        "k",
                                        miss("k"),
                                        value("new", ReadPoint.ofLsn(101)),
                                        TTL)
                                .join())
                .isEqualTo(FillOutcome.STORED);
        assertThat(
                        cache.invalidate(
                                        NAMESPACE,
                                        List.of(new Invalidation("k", new ChangePoint(0, 100))))
                                .join())
                .isZero();
        assertThat(cache.lookup(NAMESPACE, "k").join()).isInstanceOf(Lookup.Hit.class);
        assertThat(
                        cache.invalidate(
                                        NAMESPACE,
                                        List.of(new Invalidation("k", new ChangePoint(0, 101))))
                                .join())
                .isOne();
    }

    @Test
    void the_model_and_redis_agree_step_by_step() {
        // Given
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int stale = 0;
        int hits = 0;
        int stored = 0;
        long until = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        int i = 0;
        for (; i < 1_000 && System.nanoTime() < until; i++) {
            AtomicInteger tokens = new AtomicInteger();
            RealCache real =
                    new RealCache(
                            new NamespaceName("n" + seed % 100_000 + "-" + i),
                            redis,
                            () -> "t" + tokens.incrementAndGet());

            // When both go the same way
            Interleaving.Result result =
                    new Interleaving(
                                    random.nextLong(),
                                    new Both(new ModelCache(2, Flaw.NONE), real),
                                    2,
                                    POINTS.get(i % POINTS.size()),
                                    false)
                            .run(60);

            // Then neither is ever stale
            stale += result.stale();
            hits += result.hits();
            stored += result.stored();
        }
        System.out.println(i + " interleavings, " + hits + " hits, " + stored + " stored");
        assertThat(stale).isZero();
        assertThat(hits).isPositive();
        assertThat(stored).isPositive();
    }

    /** Compares what both answer, kinds and versions; tokens are each one's own. */
    private record Both(CacheSteps model, CacheSteps real) implements CacheSteps {
        private static final Map<String, String> TOKENS =
                new java.util.concurrent.ConcurrentHashMap<>();

        private static String theirs(String mine) {
            return Objects.requireNonNull(TOKENS.get(mine));
        }

        @Override
        public Found lookup(int key) {
            Found expected = model.lookup(key);
            Found found = real.lookup(key);
            assertThat(found.getClass()).isEqualTo(expected.getClass());
            if (expected instanceof Found.Hit hit) {
                assertThat(found).isEqualTo(hit);
            }
            if (expected instanceof Found.Miss(String mine)
                    && found instanceof Found.Miss(String theirs)) {
                TOKENS.put(mine, theirs);
            }
            return expected;
        }

        @Override
        public FillOutcome fill(int key, String token, int version, ReadPoint point) {
            FillOutcome outcome = real.fill(key, theirs(token), version, point);
            assertThat(outcome).isEqualTo(model.fill(key, token, version, point));
            return outcome;
        }

        @Override
        public void release(int key, String token) {
            model.release(key, token);
            real.release(key, theirs(token));
        }

        @Override
        public void invalidate(int key, ChangePoint at) {
            model.invalidate(key, at);
            real.invalidate(key, at);
        }

        @Override
        public void clear(ChangePoint at) {
            model.clear(at);
            real.clear(at);
        }

        @Override
        public void expireValue(int key) {
            model.expireValue(key);
            real.expireValue(key);
        }

        @Override
        public void expireLease(int key) {
            model.expireLease(key);
            real.expireLease(key);
        }

        @Override
        public void expireFence(int key) {
            model.expireFence(key);
            real.expireFence(key);
        }

        @Override
        public void crash(int forgottenSteps) {
            model.crash(forgottenSteps);
            real.crash(forgottenSteps);
        }
    }

    @Test
    void a_thousand_misses_get_one_lease() throws Exception {
        // Given
        int readers = 1_000;
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Lookup>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            for (int i = 0; i < readers; i++) {
                answers.add(
                        threads.submit(
                                () -> {
                                    go.await();
                                    return cache.lookup(NAMESPACE, "cold").join();
                                }));
            }

            // When
            go.countDown();
        }

        // Then
        int misses = 0;
        for (Future<Lookup> answer : answers) {
            misses += answer.get() instanceof Lookup.Miss ? 1 : 0;
        }
        assertThat(misses).isOne();
    }

    @Test
    void leases_and_values_end_with_their_time() {
        // Given
        cache = fenced(new FencedCacheSettings(Duration.ofMillis(80), Duration.ofMillis(400)));
        String late = miss("k");

        // When the lease's time is over
        Awaitility.await().until(() -> cache.lookup(NAMESPACE, "k").join() instanceof Lookup.Miss);

        // Then its fill comes too late, and another may fill, for a while
        assertThat(cache.fill(NAMESPACE, "k", late, value("late", ReadPoint.NONE), TTL).join())
                .isEqualTo(FillOutcome.VOIDED);

        // When only the value's time is short
        cache = fenced(FencedCacheSettings.DEFAULT);
        assertThat(
                        cache.fill(
                                        NAMESPACE,
                                        "short",
                                        miss("short"),
                                        value("v", ReadPoint.NONE),
                                        Duration.ofMillis(50))
                                .join())
                .isEqualTo(FillOutcome.STORED);
        Awaitility.await().until(() -> cache.peek(NAMESPACE, "short").join().isEmpty());
    }

    @Test
    void clearing_takes_everything_at_once() {
        // Given
        store("a", "1");
        store("b", "2");
        String token = miss("c");

        // When
        cache.clear(NAMESPACE, new ChangePoint(0, 60)).join();

        // Then
        assertThat(cache.peek(NAMESPACE, "a").join()).isEmpty();
        assertThat(cache.lookup(NAMESPACE, "b").join()).isInstanceOf(Lookup.Miss.class);
        assertThat(cache.fill(NAMESPACE, "c", token, value("3", ReadPoint.ofLsn(99)), TTL).join())
                .isEqualTo(FillOutcome.VOIDED);
        assertThat(
                        cache.fill(NAMESPACE, "a", miss("a"), value("1", ReadPoint.ofLsn(60)), TTL)
                                .join())
                .isEqualTo(FillOutcome.OLDER);
        store2("a", "4");
    }

    private void store2(String key, String text) {
        assertThat(
                        cache.fill(NAMESPACE, key, miss(key), value(text, ReadPoint.ofLsn(61)), TTL)
                                .join())
                .isEqualTo(FillOutcome.STORED);
    }

    @Test
    void many_invalidations_go_in_batches() {
        // Given
        List<Invalidation> changes = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            store("k" + i, "v");
            changes.add(new Invalidation("k" + i, new ChangePoint(i + 1, 1_000 + i)));
        }

        // When
        int deleted = cache.invalidate(NAMESPACE, changes).join();

        // Then
        assertThat(deleted).isEqualTo(1_000);
        assertThat(cache.peek(NAMESPACE, "k999").join()).isEmpty();
    }

    @Test
    void what_a_restarted_redis_remembers_is_not_served() throws Exception {
        // Given a value, whose invalidation Redis confirms and forgets with a crash
        store("k", "old");
        server.kill();
        Path kept = folder.resolve("kept");
        copy(server.appendOnlyFolder(), kept);
        server.start();
        Awaitility.await()
                .ignoreExceptions()
                .untilAsserted(() -> store("other-" + UUID.randomUUID(), "x"));
        Awaitility.await()
                .ignoreExceptions()
                .until(
                        () ->
                                cache.invalidate(
                                                        NAMESPACE,
                                                        List.of(
                                                                new Invalidation(
                                                                        "k",
                                                                        new ChangePoint(0, 99))))
                                                .join()
                                        >= 0);
        server.kill();
        delete(server.appendOnlyFolder());
        copy(kept, server.appendOnlyFolder());
        server.start();

        // When it is asked again
        Lookup found =
                Awaitility.await()
                        .ignoreExceptions()
                        .until(() -> cache.lookup(NAMESPACE, "k").join(), answer -> true);

        // Then it has the value, and does not serve it
        byte[] raw = redis.call(c -> c.get(new Keys(NAMESPACE.value()).generation())).join();
        assertThat(raw).isNotEmpty();
        assertThat(found).isNotInstanceOf(Lookup.Hit.class);
        assertThat(cache.peek(NAMESPACE, "k").join()).isEmpty();
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void a_redis_that_is_away_is_said_at_once_and_comes_back_by_itself() throws Exception {
        // Given
        store("k", "v");
        server.kill();

        // When it is asked while it is away
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> cache.lookup(NAMESPACE, "k").join())
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            PrismException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.CACHE_UNAVAILABLE));
        }

        // Then nobody waits for it
        assertThat(servers.problem()).contains("does not answer");
        assertThat(cache.lookup(NAMESPACE, "k")).isCompletedExceptionally();

        // When it is back, then it is used
        server.start();
        Awaitility.await()
                .ignoreExceptions()
                .until(() -> cache.lookup(NAMESPACE, "k").join() instanceof Lookup.Miss);
        assertThat(servers.problem()).isEmpty();
    }

    @Test
    void a_redis_that_hangs_costs_a_timeout_and_then_nothing() throws Exception {
        // Given
        servers.close();
        connect(Duration.ofSeconds(2));
        store("k", "v");
        server.stop(true);
        try {
            // When
            for (int i = 0; i < Breaker.THRESHOLD; i++) {
                assertThatThrownBy(() -> cache.lookup(NAMESPACE, "k").join())
                        .hasMessageContaining("does not answer");
            }

            // Then
            assertThat(cache.lookup(NAMESPACE, "k")).isCompletedExceptionally();
        } finally {
            server.stop(false);
        }
        Awaitility.await()
                .ignoreExceptions()
                .until(() -> cache.lookup(NAMESPACE, "k").join() instanceof Lookup.Hit);
    }

    @Test
    void a_full_redis_that_evicts_nothing_is_told_of_changes_all_the_same() {
        // Given
        store("a", "old");
        store("b", "old");
        assertThat(redis.call(commands -> commands.configSet("maxmemory", "1")).join())
                .isEqualTo("OK");

        // When
        int deleted =
                cache.invalidate(
                                NAMESPACE,
                                List.of(new Invalidation("a", new ChangePoint(7, 0x1000))))
                        .join();
        assertThat(cache.peek(NAMESPACE, "b").join()).isPresent();
        cache.clear(NAMESPACE, new ChangePoint(8, 0x1001)).join();

        // Then
        assertThat(deleted).isEqualTo(1);
        assertThat(cache.peek(NAMESPACE, "b").join()).isEmpty();
        assertThat(
                        redis.call(
                                        commands ->
                                                commands.exists(
                                                        new Keys("user-profiles").fence("a")))
                                .join())
                .isEqualTo(1);
    }

    private long connections() {
        return redis.call(
                        commands ->
                                commands.info("stats")
                                        .thenApply(
                                                text ->
                                                        Long.parseLong(
                                                                text.replaceAll(
                                                                        "(?s).*total_connections_received:(\\d+).*",
                                                                        "$1"))))
                .join();
    }

    private String permit(AclSetuserArgs rule) {
        return redis.call(commands -> commands.aclSetuser("default", rule)).join();
    }

    @Test
    void a_redis_that_refuses_is_said_so_and_not_asked_for_each_reader() {
        // Given
        assertThat(permit(AclSetuserArgs.Builder.removeCommand(CommandType.SCRIPT)))
                .isEqualTo("OK");
        long before = connections();

        // When
        for (int i = 0; i < 50; i++) {
            assertThatThrownBy(() -> cache.lookup(NAMESPACE, "k").join())
                    .hasCauseInstanceOf(RedisCommandExecutionException.class)
                    .hasMessageContaining("NOPERM");
        }

        // Then
        assertThat(connections() - before).isEqualTo(1);
        assertThat(cache.refusals()).isEqualTo(1);
        assertThat(permit(AclSetuserArgs.Builder.addCommand(CommandType.SCRIPT))).isEqualTo("OK");
        Awaitility.await()
                .atMost(Admission.PAUSE.multipliedBy(4))
                .ignoreExceptions()
                .untilAsserted(
                        () ->
                                assertThat(cache.lookup(NAMESPACE, "k").join())
                                        .isInstanceOf(Lookup.Miss.class));
    }

    @Test
    void what_a_caller_refuses_is_not_said_to_be_no_answer() {
        PrismException refused = new PrismException(ErrorCode.CACHE_REFUSED, "too old");
        assertThatThrownBy(
                        () ->
                                redis.onceConnected(
                                                commands ->
                                                        CompletableFuture.<String>failedFuture(
                                                                refused))
                                        .join())
                .hasCause(refused);
        assertThat(redis.problem()).isEmpty();
    }

    @Test
    void a_namespace_is_erased_and_no_other() {
        // Given
        store("k", "v");
        NamespaceName other = new NamespaceName("user-profiles2");
        Lookup.Miss lease = (Lookup.Miss) cache.lookup(other, "k").join();
        cache.fill(other, "k", lease.token(), value("w", ReadPoint.NONE), TTL).join();

        // When
        NamespaceEraser.erase(redis, NAMESPACE);

        // Then
        assertThat(redis.call(c -> c.keys("prism:{user-profiles}*")).join()).isEmpty();
        assertThat(cache.peek(other, "k").join()).isPresent();
    }
}
