package io.prism.connectors.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.connectors.claimcheck.PluginArchive;
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
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the archive is all that the sinks need on a stock worker, with a real Redis. */
class InvalidatorArchiveIT {
    private static final NamespaceName NAMESPACE = new NamespaceName("user-profiles");
    private static final String KEY = "user:1:profile";
    private static final String UPDATE =
            """
            {"before":null,"after":{"id":1,"name":"new"},
             "source":{"schema":"public","table":"users","txId":771,"lsn":26523456,"ts_us":1000123},
             "op":"u"}
            """;

    @TempDir private Path folder;

    private static SinkRecord update() {
        return new SinkRecord(
                "user-profile-changes",
                0,
                null,
                "{\"id\":1}".getBytes(UTF_8),
                null,
                UPDATE.getBytes(UTF_8),
                0);
    }

    /** As a reader of before the update does. */
    private static FillOutcome fill(FencedCache cache, String token) {
        return cache.fill(
                        NAMESPACE,
                        KEY,
                        token,
                        new CachedValue(
                                "old".getBytes(UTF_8), ReadPoint.ofXmin(770), Instant.now()),
                        Duration.ofMinutes(5))
                .join();
    }

    private static String lease(FencedCache cache) {
        return cache.lookup(NAMESPACE, KEY).join() instanceof Lookup.Miss(String token)
                ? token
                : "";
    }

    @Test
    void aChangeVoidsWhatReadersHaveAndWhatTheyAreAboutToStore() throws Exception {
        Path plugins = PluginArchive.unpack(folder.resolve("plugins"));
        try (TestRedis redis = new TestRedis(folder);
                RedisServers servers =
                        new RedisServers(
                                new RedisConfig(
                                        Map.of(
                                                RedisConfig.DEFAULT,
                                                RedisUrl.parse(redis.url())
                                                        .server(
                                                                Optional.empty(),
                                                                Optional.empty())),
                                        Duration.ofSeconds(5)));
                URLClassLoader isolated = PluginArchive.isolated(plugins)) {
            // Given
            Map<String, SinkConnector> found = new TreeMap<>();
            for (SinkConnector one : ServiceLoader.load(SinkConnector.class, isolated)) {
                found.put(one.getClass().getSimpleName(), one);
            }
            assertThat(found).containsOnlyKeys("CacheInvalidatorSink", "WebhookSink");
            SinkConnector sink = Objects.requireNonNull(found.get("CacheInvalidatorSink"));
            FencedCache cache =
                    new FencedCache(
                            servers.get(RedisConfig.DEFAULT),
                            FencedCacheSettings.DEFAULT,
                            () -> UUID.randomUUID().toString());
            String first =
                    Awaitility.await()
                            .ignoreExceptions()
                            .until(() -> lease(cache), token -> !token.isEmpty());
            assertThat(fill(cache, first)).isEqualTo(FillOutcome.STORED);
            sink.start(
                    Map.of(
                            InvalidatorConfig.NAMESPACE,
                            NAMESPACE.value(),
                            InvalidatorConfig.KEY_TEMPLATE,
                            "user:{after.id}:profile",
                            InvalidatorConfig.REDIS_URL,
                            redis.url()));
            // A worker runs tasks so, and Lettuce looks there for what it can do without.
            ClassLoader outside = Thread.currentThread().getContextClassLoader();
            Thread.currentThread().setContextClassLoader(isolated);
            SinkTask task = (SinkTask) sink.taskClass().getDeclaredConstructor().newInstance();
            try {
                assertThat(task.getClass().getClassLoader()).isSameAs(isolated);
                task.start(sink.taskConfigs(1).getFirst());
                // When
                task.put(List.of(update()));

                // Then
                assertThat(cache.peek(NAMESPACE, KEY).join()).isEmpty();
                String late = lease(cache);
                assertThat(late).isNotEmpty();
                assertThat(fill(cache, late)).isEqualTo(FillOutcome.OLDER);
                // And while a reader reads
                String reading = lease(cache);
                assertThat(reading).isNotEmpty();
                task.put(List.of(update()));
                assertThat(fill(cache, reading)).isEqualTo(FillOutcome.VOIDED);
            } finally {
                task.stop();
                sink.stop();
                Thread.currentThread().setContextClassLoader(outside);
            }
        }
    }
}
