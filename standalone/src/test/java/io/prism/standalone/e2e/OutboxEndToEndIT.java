package io.prism.standalone.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.prism.core.database.DatabaseConfig.Server;
import io.prism.core.database.DatabaseUrl;
import io.prism.standalone.Addresses;
import io.prism.standalone.PrismStandalone;
import io.prism.v1.AckMode;
import io.prism.v1.AcknowledgeRequest;
import io.prism.v1.Event;
import io.prism.v1.PublishRequest;
import io.prism.v1.ReadMailboxRequest;
import io.prism.v1.SubscribeRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** From a commit to a subscriber, through everything that {@code prism up} runs. */
final class OutboxEndToEndIT {
    private static final Duration A_WHILE = Duration.ofSeconds(60);
    private static final int LARGE = 10_000_000;

    private final PrismStandalone prism = SharedPrism.get();

    private static String document(String name, String patterns) {
        return """
        namespaces:
          - name: %s
            client_api: pubsub
            patterns: [%s]
            backend: kafka
        """
                .formatted(name, patterns);
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(prism.servers().postgresJdbcUrl());
    }

    private SqlLooker sql() {
        Server server =
                DatabaseUrl.parse(prism.servers().postgresUrl())
                        .server(Optional.empty(), Optional.empty());
        return new SqlLooker(server.url(), server.user(), server.password());
    }

    private static void insert(Connection connection, String table, String key, String payload)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        "INSERT INTO " + table + " (topic, key, payload) VALUES ('t', ?, ?)")) {
            insert.setString(1, key);
            insert.setBytes(2, payload.getBytes(UTF_8));
            insert.executeUpdate();
        }
    }

    private static ByteString random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private static String sha256(ByteString bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            bytes.asReadOnlyByteBufferList().forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void publish(TestClient client, String namespace, ByteString payload) {
        client.pubsub(namespace)
                .publish(
                        PublishRequest.newBuilder()
                                .setTopic("t")
                                .setKey("k")
                                .setPayload(payload)
                                .build());
    }

    private static List<String> texts(List<Event> events) {
        return events.stream().map(event -> event.getPayload().toStringUtf8()).toList();
    }

    /** Texts by key, in the order of their offsets. */
    private Map<String, List<String>> histories(String topic) {
        Map<String, List<String>> histories = new TreeMap<>();
        KafkaLooker.all(prism.servers().kafkaBootstrap(), topic).stream()
                .sorted(Comparator.comparingLong(ConsumerRecord::offset))
                .forEach(
                        record ->
                                histories
                                        .computeIfAbsent(
                                                new String(record.key(), UTF_8),
                                                key -> new ArrayList<>())
                                        .add(new String(record.value(), UTF_8)));
        return histories;
    }

    @Test
    void small_and_large_payloads_arrive_in_order_and_their_objects_go_when_consumed() {
        String namespace = "outbox-e2e";
        try (TestClient client = TestClient.of(prism);
                S3Looker bucket = new S3Looker(prism.servers(), "prism-claims");
                SqlLooker sql = sql()) {
            // Given
            client.create(
                    document(
                            namespace,
                            "{type: outbox, table: outbox_e2e}, {type: claim-check, threshold: 1MB,"
                                    + " storage: s3, cleanup: {strategy: on_consume, ttl: 7d}}"));
            List<ByteString> payloads =
                    List.of(
                            ByteString.copyFromUtf8("the first"),
                            random(LARGE, 1),
                            ByteString.EMPTY,
                            random(LARGE, 2),
                            ByteString.copyFromUtf8("the last"));
            SubscribeRequest durable =
                    SubscribeRequest.newBuilder()
                            .setTopic("t")
                            .setSubscription("reader")
                            .setAckMode(AckMode.ACK_MODE_EXPLICIT)
                            .build();
            try (Subscriber reader = new Subscriber(client, namespace, durable, 100)) {
                // When
                payloads.forEach(payload -> publish(client, namespace, payload));
                List<Event> events = reader.take(payloads.size());

                // Then
                assertThat(events).noneMatch(Event::hasError);
                assertThat(events)
                        .extracting(event -> sha256(event.getPayload()))
                        .isEqualTo(payloads.stream().map(OutboxEndToEndIT::sha256).toList());
                assertThat(bucket.keys(namespace + "/")).hasSize(2);
                await().atMost(A_WHILE)
                        .until(
                                () ->
                                        sql.number(
                                                        "SELECT count(*) FROM outbox_e2e WHERE"
                                                                + " published_at IS NOT NULL AND"
                                                                + " error IS NULL")
                                                == payloads.size());

                // When
                AcknowledgeRequest.Builder acknowledge =
                        AcknowledgeRequest.newBuilder().setTopic("t").setSubscription("reader");
                events.forEach(event -> acknowledge.addMessageIds(event.getMessageId()));
                assertThat(
                                client.pubsub(namespace)
                                        .acknowledge(acknowledge.build())
                                        .getAcknowledged())
                        .isEqualTo(payloads.size());

                // Then
                await().atMost(A_WHILE)
                        .untilAsserted(() -> assertThat(bucket.keys(namespace + "/")).isEmpty());
            }
        }
        await().atMost(A_WHILE)
                .untilAsserted(
                        () ->
                                assertThat(
                                                Http.body(
                                                        prism.addresses()
                                                                        .get(Addresses.STREAMS_HTTP)
                                                                + "/metrics"))
                                        .contains(
                                                "prism_pattern_outbox_published_total{namespace=\""
                                                        + namespace
                                                        + "\"} 5.0")
                                        .contains(
                                                "prism_cdc_connector_running{database=\"postgres\"}"
                                                        + " 1.0"));
    }

    @Test
    void own_transactions_arrive_in_the_order_of_their_commits_and_an_undone_one_never()
            throws SQLException {
        String namespace = "outbox-own-sql";
        try (TestClient client = TestClient.of(prism);
                Connection first = connect();
                Connection second = connect();
                Connection undone = connect()) {
            // Given
            client.create(document(namespace, "{type: outbox, table: outbox_own_sql}"));
            for (Connection connection : List.of(first, second, undone)) {
                connection.setAutoCommit(false);
            }

            // When
            insert(first, "outbox_own_sql", "k", "1: begun first");
            insert(undone, "outbox_own_sql", "k", "undone");
            insert(second, "outbox_own_sql", "k", "2: committed first");
            second.commit();
            undone.rollback();
            insert(first, "outbox_own_sql", "k", "3: committed last");
            first.commit();
            publish(client, namespace, ByteString.copyFromUtf8("4: by a gateway"));

            // Then
            assertThat(texts(client.read(namespace, "t", 4)))
                    .containsExactly(
                            "2: committed first",
                            "1: begun first",
                            "3: committed last",
                            "4: by a gateway");
            try (SqlLooker sql = sql()) {
                await().atMost(A_WHILE)
                        .until(
                                () ->
                                        sql.number(
                                                        "SELECT count(*) FROM outbox_own_sql WHERE"
                                                                + " published_at IS NULL")
                                                == 0);
            }
            assertThat(histories(namespace + ".t").get("k")).hasSize(4);
        }
    }

    @Test
    void without_a_table_while_polling_and_in_a_new_database_it_is_the_same() {
        Map<String, String> outboxes =
                Map.of(
                        "outbox-e2e-none", "table: none",
                        "outbox-e2e-polling",
                                "table: outbox_e2e_polled, publisher: {mode: polling, interval:"
                                        + " 50ms}",
                        "outbox-e2e-new", "database: orders_e2e");
        try (TestClient client = TestClient.of(prism)) {
            outboxes.forEach(
                    (namespace, outbox) ->
                            client.create(document(namespace, "{type: outbox, " + outbox + "}")));
            for (String namespace : outboxes.keySet()) {
                for (int i = 0; i < 20; i++) {
                    publish(client, namespace, ByteString.copyFromUtf8(Integer.toString(i)));
                }
            }
            List<String> expected = IntStream.range(0, 20).mapToObj(Integer::toString).toList();
            for (String namespace : outboxes.keySet()) {
                assertThat(texts(client.read(namespace, "t", 20)))
                        .as(namespace)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void ten_thousand_transactions_at_the_same_time_arrive_once_each_and_in_order()
            throws Exception {
        // Given
        int writers = 20;
        int each = 500;
        String namespace = "outbox-crowd";
        Map<String, List<String>> expected = new TreeMap<>();
        for (int writer = 0; writer < writers; writer++) {
            expected.put(
                    "w" + writer, IntStream.range(0, each).mapToObj(Integer::toString).toList());
        }
        try (TestClient client = TestClient.of(prism);
                SqlLooker sql = sql()) {
            client.create(document(namespace, "{type: outbox, table: outbox_crowd}"));

            // When
            try (var threads = Executors.newFixedThreadPool(writers)) {
                List<Future<?>> writing = new ArrayList<>();
                for (String key : expected.keySet()) {
                    writing.add(threads.submit(() -> transactions(key, each)));
                }
                for (Future<?> writer : writing) {
                    writer.get(120, TimeUnit.SECONDS);
                }
            }

            // Then
            await().atMost(Duration.ofMinutes(2))
                    .until(
                            () ->
                                    sql.number(
                                                    "SELECT count(*) FROM outbox_crowd WHERE"
                                                            + " published_at IS NULL")
                                            == 0);
            assertThat(histories(namespace + ".t")).isEqualTo(expected);
        }
    }

    /** One row each; every tenth is undone and then done after all. */
    private @Nullable Void transactions(String key, int count) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = off");
            connection.setAutoCommit(false);
            for (int i = 0; i < count; i++) {
                if (i % 10 == 0) {
                    insert(connection, "outbox_crowd", key, "undone");
                    connection.rollback();
                }
                insert(connection, "outbox_crowd", key, Integer.toString(i));
                connection.commit();
            }
        }
        return null;
    }

    @Test
    void a_database_that_others_write_to_meanwhile_can_be_read_from_the_first_row_on()
            throws Exception {
        // Given
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE busy_db");
        }
        String url = prism.servers().postgresJdbcUrl().replace("/postgres?", "/busy_db?");
        assertThat(url).contains("busy_db");
        AtomicBoolean over = new AtomicBoolean();
        try (TestClient client = TestClient.of(prism);
                Connection connection = DriverManager.getConnection(url);
                Connection noisy = DriverManager.getConnection(url);
                Statement noise = noisy.createStatement();
                var threads = Executors.newSingleThreadExecutor()) {
            noise.execute("CREATE TABLE noise (n int)");
            Future<Integer> others =
                    threads.submit(
                            () -> {
                                int written = 0;
                                while (!over.get()) {
                                    written += noise.executeUpdate("INSERT INTO noise VALUES (1)");
                                }
                                return written;
                            });
            try {
                // When
                client.create(
                        document("outbox-busy", "{type: outbox, database: busy_db, table: busy}"));
                insert(connection, "busy", "k", "the first");

                // Then
                await().atMost(A_WHILE)
                        .untilAsserted(
                                () ->
                                        assertThat(topicTexts("outbox-busy.t"))
                                                .containsExactly("the first"));
            } finally {
                over.set(true);
            }
            assertThat(others.get(60, TimeUnit.SECONDS)).isPositive();
        }
    }

    @Test
    void what_a_transaction_wrote_is_in_its_table_its_mailbox_and_its_topic() throws SQLException {
        // Given
        try (TestClient client = TestClient.of(prism);
                Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders_e2e (id bigint PRIMARY KEY)");
            client.create(
                    """
                    namespaces:
                      - name: transact-e2e
                        client_api: transact
                        tables: [orders_e2e]
                        patterns: [{type: outbox, table: transact_e2e}]
                        backend: kafka
                    """);

            // When
            for (int i = 0; i < 20; i++) {
                var written =
                        client.transact("transact-e2e")
                                .write(
                                        Transacting.both(
                                                Transacting.insert("orders_e2e", "id", i),
                                                Transacting.message("placed", "order " + i)));
                assertThat(written.getMessageId()).isNotEmpty();
            }
            try (Transacting undone = Transacting.begin(client, "transact-e2e")) {
                undone.write(
                        Transacting.insert("orders_e2e", "id", 20),
                        Transacting.message("placed", "order 20"));
            }

            // Then
            List<String> expected = IntStream.range(0, 20).mapToObj(i -> "order " + i).toList();
            await().atMost(A_WHILE)
                    .untilAsserted(
                            () ->
                                    assertThat(topicTexts("transact-e2e.placed"))
                                            .containsExactlyInAnyOrderElementsOf(expected));
            var mailbox =
                    client.transact("transact-e2e")
                            .readMailbox(
                                    ReadMailboxRequest.newBuilder()
                                            .setTopic("placed")
                                            .setLimit(100)
                                            .build());
            assertThat(mailbox.getMessagesList())
                    .extracting(message -> message.getPayload().toStringUtf8())
                    .containsExactlyElementsOf(expected);
        }
    }

    private List<String> topicTexts(String topic) {
        return KafkaLooker.all(prism.servers().kafkaBootstrap(), topic).stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }
}
