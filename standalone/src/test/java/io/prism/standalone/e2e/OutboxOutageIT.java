package io.prism.standalone.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.prism.core.database.DatabaseConfig.Server;
import io.prism.standalone.embedded.KafkaOutage;
import io.prism.standalone.embedded.LonePostgres;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an outbox promises while its database, or Kafka, comes and goes. */
final class OutboxOutageIT {
    @SuppressWarnings("NullAway.Init")
    private static LonePostgres mortal;

    @SuppressWarnings("NullAway.Init")
    private static LonePostgres replica;

    @SuppressWarnings("NullAway.Init")
    private static LoneGateway prism;

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @BeforeAll
    static void setUp() throws IOException {
        Path folder = Files.createTempDirectory(Path.of("target"), "lone-postgres");
        mortal = LonePostgres.start(folder.resolve("mortal"));
        replica = LonePostgres.start(folder.resolve("replica"), "wal_level=replica");
        prism =
                LoneGateway.start(
                        Map.of(
                                "mortal", server(mortal),
                                "replica", server(replica),
                                "wrong", new Server("postgresql://127.0.0.1:1/postgres", "u", "p")),
                        Duration.ofSeconds(20));
        client = prism.client();
    }

    @AfterAll
    static void tearDown() {
        prism.close();
        mortal.close();
        replica.close();
    }

    private static Server server(LonePostgres postgres) {
        return new Server(postgres.url(), postgres.user(), postgres.password());
    }

    private static SqlLooker sql(LonePostgres postgres) {
        return new SqlLooker(postgres.url(), postgres.user(), postgres.password());
    }

    private static void create(String name, String outbox) {
        client.create(
                """
                namespaces:
                  - name: %s
                    client_api: pubsub
                    patterns: [{type: outbox, %s}]
                    backend: kafka
                """
                        .formatted(name, outbox));
    }

    @Test
    void aDatabaseWithoutLogicalDecodingSaysWhatToDoAndPollingDoesWithout() {
        Throwable wal = catchThrowable(() -> create("outbox-wal", "database: replica"));
        assertThat(TestClient.reason(wal)).isEqualTo("DATABASE_REFUSED");
        assertThat(wal).hasMessageContainingAll("wal_level = logical", "publisher.mode: polling");
        create("outbox-wal", "database: replica, publisher: {mode: polling}");
        client.publish("outbox-wal", "t", ByteString.EMPTY);
        try (SqlLooker sql = sql(replica)) {
            assertThat(sql.number("SELECT count(*) FROM outbox")).isEqualTo(1);
        }
    }

    @Test
    void withoutKafkaMessagesAreCommittedAllTheSame() throws IOException {
        // Given
        try (LoneGateway own = LoneGateway.start(Map.of(), Duration.ofSeconds(5));
                SqlLooker sql = own.database("postgres");
                S3Looker bucket = new S3Looker(own.servers(), "prism-claims")) {
            own.client()
                    .create(
                            """
                            namespaces:
                              - name: no-kafka
                                client_api: pubsub
                                patterns:
                                  - {type: outbox, table: no_kafka}
                                  - {type: claim-check, threshold: 1MB, storage: s3,
                                     cleanup: {strategy: on_consume, ttl: 7d}}
                                backend: kafka
                            """);
            // When
            KafkaOutage.begin(own.servers());
            ByteString large = ByteString.copyFrom(new byte[5_000_000]);
            for (int i = 0; i < 10; i++) {
                own.client().publish("no-kafka", "t", ByteString.EMPTY);
                own.client().publish("no-kafka", "t", large);
            }
            PublishRequest repeated =
                    PublishRequest.newBuilder()
                            .setTopic("t")
                            .setMessageId("once")
                            .setPayload(large)
                            .build();
            own.client().pubsub("no-kafka").publish(repeated);
            own.client().pubsub("no-kafka").publish(repeated);
            // Then
            assertThat(sql.number("SELECT count(*) FROM no_kafka WHERE published_at IS NULL"))
                    .isEqualTo(21);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(bucket.keys("no-kafka/")).hasSize(11));
        }
    }

    @Test
    void aDatabaseThatIsAwayIsTypedAndNotAnnounced() {
        Throwable away = catchThrowable(() -> create("outbox-away", "database: wrong"));
        assertThat(TestClient.reason(away)).isEqualTo("DATABASE_UNAVAILABLE");
        assertThat(
                        TestClient.reason(
                                catchThrowable(
                                        () ->
                                                client.publish(
                                                        "outbox-away", "t", ByteString.EMPTY))))
                .isEqualTo("NAMESPACE_NOT_FOUND");
    }

    @Test
    void aDatabaseKilledUnderLoadLosesNothingAcknowledgedAndKeepsNothingTwice() throws Exception {
        // Given
        create("outbox-mortal", "database: mortal, table: killed");
        ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        try (var threads = Executors.newFixedThreadPool(16)) {
            for (int p = 0; p < 16; p++) {
                String key = "p" + p;
                threads.execute(
                        () -> {
                            for (int i = 0; !over.get(); i++) {
                                String text = key + "-" + i;
                                try {
                                    publish(key, text);
                                    acknowledged.add(text);
                                } catch (RuntimeException e) {
                                    failures.add(text + ": " + e.getMessage());
                                }
                            }
                        });
            }
            // When
            for (int kill = 0; kill < 3; kill++) {
                int enough = acknowledged.size() + 300;
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> acknowledged.size() > enough);
                mortal.kill();
                mortal.startAgain();
            }
            int enough = acknowledged.size() + 300;
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> acknowledged.size() > enough);
            over.set(true);
            threads.shutdown();
            assertThat(threads.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
        }
        // Then
        try (SqlLooker sql = sql(mortal)) {
            List<String> rows =
                    sql.column("SELECT encode(payload, 'escape') FROM killed ORDER BY ctid");
            assertThat(failures).as("a restart takes less than a publish may").isEmpty();
            assertThat(rows).doesNotHaveDuplicates();
            assertThat(rows).containsExactlyInAnyOrderElementsOf(acknowledged);
            for (int p = 0; p < 16; p++) {
                String prefix = "p" + p + "-";
                List<Integer> numbers = new ArrayList<>();
                rows.stream()
                        .filter(row -> row.startsWith(prefix))
                        .forEach(
                                row ->
                                        numbers.add(
                                                Integer.valueOf(row.substring(prefix.length()))));
                assertThat(numbers).as("in the order of its publisher").isSorted();
            }
        }
    }

    private static PublishResponse publish(String key, String text) {
        return client.pubsub("outbox-mortal")
                .publish(
                        PublishRequest.newBuilder()
                                .setTopic("t")
                                .setKey(key)
                                .setPayload(ByteString.copyFrom(text, UTF_8))
                                .build());
    }

    @Test
    void aLockedTableMakesPublishesFailInTimeAndTheyAreThereOnceAfterwards() {
        // Given
        create("outbox-locked", "database: replica, table: locked, publisher: {mode: polling}");
        PublishRequest request =
                PublishRequest.newBuilder().setTopic("t").setMessageId("once").build();
        try (SqlLooker sql = sql(replica)) {
            sql.run("BEGIN");
            sql.run("LOCK TABLE locked IN ACCESS EXCLUSIVE MODE");
            // When
            Throwable failure =
                    catchThrowable(() -> client.pubsub("outbox-locked").publish(request));
            sql.run("COMMIT");
            // Then
            assertThat(TestClient.reason(failure)).isEqualTo("DATABASE_UNAVAILABLE");
            client.pubsub("outbox-locked").publish(request);
            assertThat(sql.number("SELECT count(*) FROM locked")).isEqualTo(1);
        }
    }
}
