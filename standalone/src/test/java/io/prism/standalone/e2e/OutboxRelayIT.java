package io.prism.standalone.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.core.claim.S3ClaimStores;
import io.prism.core.database.DatabaseConfig;
import io.prism.core.database.DatabaseUrl;
import io.prism.core.database.Databases;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.outbox.OutboxTopics;
import io.prism.core.table.InternalTopic;
import io.prism.core.table.StoredNamespace;
import io.prism.core.trace.Traces;
import io.prism.standalone.embedded.EmbeddedServers;
import io.prism.standalone.embedded.ServerPorts;
import io.prism.standalone.embedded.StartListener;
import io.prism.streams.outbox.OutboxRelayConfig;
import io.prism.streams.outbox.OutboxRelayRole;
import io.prism.streams.role.ConnectorsConfig;
import io.prism.streams.role.RoleContext;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of an application's own SQL, relayed by a streams process that is killed now and then. */
final class OutboxRelayIT {
    private static final int KEYS = 10;
    private static final int ROWS_A_KEY = 100;
    private static final int KILLS = 6;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir private static Path temp;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedServers servers;

    @SuppressWarnings("NullAway.Init")
    private static Admin admin;

    private static int httpPort;

    @BeforeAll
    static void start() {
        // A stream thread that fails is replaced.
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
        List<Integer> free = ServerPorts.free(6);
        httpPort = free.get(5);
        servers =
                EmbeddedServers.start(
                        temp.resolve("data"),
                        new ServerPorts(
                                free.get(0), free.get(1), free.get(2), free.get(3), free.get(4)),
                        StartListener.NONE);
        admin = Admin.create(Map.of("bootstrap.servers", servers.kafkaBootstrap()));
        InternalTopic.NAMESPACES.ensure(admin);
    }

    @AfterAll
    static void stop() {
        admin.close();
        servers.close();
    }

    private static void namespace(String name, String outbox) throws Exception {
        String document =
                "namespaces: [{name: %s, client_api: pubsub, patterns: [{type: outbox, %s}],"
                                .formatted(name, outbox)
                        + " backend: {type: kafka, partitions: 3}}]";
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", servers.kafkaBootstrap()),
                        new StringSerializer(),
                        new StringSerializer())) {
            producer.send(
                            new ProducerRecord<>(
                                    InternalTopic.NAMESPACES.name(),
                                    name,
                                    new StoredNamespace(document, Instant.now()).toJson()))
                    .get();
        }
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(servers.postgresJdbcUrl());
    }

    private static OutboxTable table(String name) throws SQLException {
        OutboxTable table = new OutboxTable(OutboxTable.DEFAULT_SCHEMA, name);
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String ddl : table.ddl()) {
                statement.execute(ddl);
            }
        }
        return table;
    }

    private static void insert(
            Connection connection, OutboxTable table, String topic, String key, String payload)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        "INSERT INTO "
                                + table.quoted()
                                + " (topic, key, payload) VALUES (?, ?, ?)")) {
            insert.setString(1, topic);
            insert.setString(2, key);
            insert.setBytes(3, payload.getBytes(UTF_8));
            insert.executeUpdate();
        }
    }

    private static long count(OutboxTable table, String where) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet answer =
                        statement.executeQuery(
                                "SELECT count(*) FROM " + table.quoted() + " WHERE " + where)) {
            answer.next();
            return answer.getLong(1);
        }
    }

    private static void awaitPublished(OutboxTable table, Duration patience) {
        await().atMost(patience).until(() -> count(table, "published_at IS NULL") == 0);
    }

    private static PrismProcess streams(String state, String output) {
        Map<String, String> environment = new HashMap<>(PrismProcess.environment(servers));
        environment.put("PRISM_ROLES", OutboxRelayRole.NAME);
        environment.put("PRISM_HTTP_PORT", Integer.toString(httpPort));
        environment.put("PRISM_STATE_FOLDER", temp.resolve(state).toString());
        return PrismProcess.startStreams(List.of(), environment, temp.resolve(output));
    }

    private static boolean exists(String topic) throws Exception {
        return admin.listTopics().names().get(60, TimeUnit.SECONDS).contains(topic);
    }

    /** Payloads by key, in the order of the records' offsets. */
    private static Map<String, List<String>> histories(String topic) throws Exception {
        Map<String, List<String>> histories = new TreeMap<>();
        if (exists(topic)) {
            KafkaLooker.all(servers.kafkaBootstrap(), topic).stream()
                    .sorted(Comparator.comparingLong(ConsumerRecord::offset))
                    .forEach(
                            record ->
                                    histories
                                            .computeIfAbsent(
                                                    new String(record.key(), UTF_8),
                                                    k -> new ArrayList<>())
                                            .add(new String(record.value(), UTF_8)));
        }
        return histories;
    }

    @Test
    void own_transactions_arrive_as_they_commit_and_a_bad_row_holds_up_nobody() throws Exception {
        // Given
        OutboxTable table = table("shop_outbox");
        namespace(
                "shop",
                "table: shop_outbox, publisher: {mode: polling, interval: 50ms}, retention: 1h");
        try (PrismProcess streams = streams("shop", "shop.log");
                Connection first = connect();
                Connection second = connect();
                Connection undone = connect()) {
            // When
            for (Connection connection : List.of(first, second, undone)) {
                connection.setAutoCommit(false);
            }
            insert(first, table, "orders", "k", "first, begun before the second");
            insert(second, table, "orders", "k", "second, committed before the first");
            insert(undone, table, "orders", "k", "rolled back");
            insert(second, table, "not a topic", "k", "bad");
            insert(second, table, "orders", "k", "after the bad one");
            second.commit();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(
                                                    histories("shop.orders")
                                                            .getOrDefault("k", List.of()))
                                            .hasSize(2));
            undone.rollback();
            first.commit();

            // Then
            List<String> expected =
                    List.of(
                            "second, committed before the first",
                            "after the bad one",
                            "first, begun before the second");
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(histories("shop.orders"))
                                            .isEqualTo(Map.of("k", expected)));
            await().atMost(PATIENCE)
                    .until(() -> count(table, "published_at IS NOT NULL AND error IS NULL") == 3);
            await().atMost(PATIENCE)
                    .until(
                            () ->
                                    count(
                                                    table,
                                                    "published_at IS NULL AND error LIKE"
                                                            + " 'TOPIC_INVALID: %'")
                                            == 1);
            assertThat(KafkaLooker.all(servers.kafkaBootstrap(), OutboxTopics.DEAD.name()))
                    .extracting(
                            record -> KafkaLooker.headers(record).getOrDefault(OutboxRow.TOPIC, ""))
                    .contains("not a topic");
            streams.awaitReady(httpPort);
            assertThat(Http.body("http://127.0.0.1:" + httpPort + "/metrics"))
                    .contains("prism_pattern_outbox_published_total{namespace=\"shop\"} 3.0");

            // When: the row is mended
            try (Connection connection = connect();
                    Statement statement = connection.createStatement()) {
                statement.execute(
                        "UPDATE "
                                + table.quoted()
                                + " SET topic = 'orders', error = NULL WHERE error IS NOT NULL");
            }

            // Then
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(
                                                    histories("shop.orders")
                                                            .getOrDefault("k", List.of()))
                                            .hasSize(4)
                                            .endsWith("bad"));
        }
    }

    @Test
    void kills_of_the_streams_process_lose_and_repeat_nothing() throws Exception {
        long seed = Long.getLong("prism.seed", System.nanoTime());
        System.out.println("seed: " + seed);
        Random random = new Random(seed);
        // Given
        OutboxTable table = table("kills_outbox");
        namespace(
                "kills",
                "table: kills_outbox, publisher: {mode: polling, interval: 50ms}, retention: 1m");
        AtomicReference<Exception> failure = new AtomicReference<>();
        Thread writer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        write(table);
                                    } catch (Exception e) {
                                        failure.set(e);
                                    }
                                });

        // When
        PrismProcess streams = streams("kills", "kills-0.log");
        try {
            for (int kill = 1; kill <= KILLS; kill++) {
                if (kill % 2 == 1) {
                    streams.awaitReady(httpPort);
                }
                TimeUnit.MILLISECONDS.sleep(random.nextInt(4_000));
                streams.kill();
                streams = streams("kills", "kills-" + kill + ".log");
            }
            writer.join();
            assertThat(failure.get()).isNull();

            // Then
            Map<String, List<String>> expected = new TreeMap<>();
            for (int key = 0; key < KEYS; key++) {
                expected.put(
                        "key-" + key,
                        IntStream.range(0, ROWS_A_KEY).mapToObj(Integer::toString).toList());
            }
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(
                                                    histories("kills.events").values().stream()
                                                            .mapToInt(List::size)
                                                            .sum())
                                            .isGreaterThanOrEqualTo(KEYS * ROWS_A_KEY));
            awaitPublished(table, PATIENCE);
            assertThat(histories("kills.events")).isEqualTo(expected);
            await().atMost(Duration.ofSeconds(150)).until(() -> count(table, "true") == 0);
            assertThat(histories("kills.events")).isEqualTo(expected);
        } finally {
            streams.close();
        }
    }

    /** In transactions of several rows, some of which are undone. */
    private static void write(OutboxTable table) throws Exception {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            for (int row = 0; row < ROWS_A_KEY; row++) {
                if (row % 7 == 0) {
                    insert(connection, table, "events", "key-0", "undone");
                    connection.rollback();
                }
                for (int key = 0; key < KEYS; key++) {
                    insert(connection, table, "events", "key-" + key, Integer.toString(row));
                    if (key % 5 == 4) {
                        connection.commit();
                    }
                }
                TimeUnit.MILLISECONDS.sleep(200); // a load, not an expectation
            }
        }
    }

    /** There is no slot at all. */
    @Test
    void rows_that_the_log_never_brings_are_read_from_the_table_in_the_end() throws Exception {
        // Given
        OutboxTable table = table("late_outbox");
        namespace("late", "table: late_outbox, retention: 1h");
        try (Databases pools = pools();
                S3ClaimStores claims = claims();
                OutboxRelayRole role = role(pools, claims, "late");
                Connection connection = connect()) {
            // When
            role.start();
            connection.setAutoCommit(false);
            for (int row = 0; row < 50; row++) {
                insert(connection, table, "events", "k", Integer.toString(row));
            }
            connection.commit();

            // Then
            List<String> expected = IntStream.range(0, 50).mapToObj(Integer::toString).toList();
            awaitPublished(table, PATIENCE);
            assertThat(histories("late.events")).isEqualTo(Map.of("k", expected));
            assertThat(role.problem()).isEmpty();
        }
    }

    /** The relay's committed position never comes to the topic's end then. */
    @Test
    void a_poller_killed_within_its_transaction_holds_up_none_that_comes_after_it()
            throws Exception {
        // Given
        OutboxTable table = table("aborted_outbox");
        namespace(
                "aborted",
                "table: aborted_outbox, publisher: {mode: polling, interval: 50ms}, retention: 1h");
        try (Databases pools = pools();
                S3ClaimStores claims = claims();
                Connection connection = connect()) {
            try (OutboxRelayRole role = role(pools, claims, "aborted")) {
                role.start();
                insert(connection, table, "events", "k", "before");
                awaitPublished(table, PATIENCE);
            }
            abortAtTheEndOf(OutboxTopics.rows(DatabaseConfig.DEFAULT).name());

            // When
            try (OutboxRelayRole role = role(pools, claims, "aborted")) {
                role.start();
                insert(connection, table, "events", "k", "after");

                // Then
                awaitPublished(table, Duration.ofMinutes(1));
                assertThat(histories("aborted.events"))
                        .isEqualTo(Map.of("k", List.of("before", "after")));
                assertThat(role.problem()).isEmpty();
            }
        }
    }

    /** Rows of other namespaces would wait behind it for ever. */
    @Test
    void a_topic_that_somebody_has_deleted_is_made_again() throws Exception {
        // Given
        OutboxTable table = table("lost_outbox");
        namespace(
                "lost",
                "table: lost_outbox, publisher: {mode: polling, interval: 50ms}, retention: 1h");
        try (Databases pools = pools();
                S3ClaimStores claims = claims();
                OutboxRelayRole role = role(pools, claims, "lost");
                Connection connection = connect()) {
            role.start();
            insert(connection, table, "events", "k", "before");
            awaitPublished(table, PATIENCE);

            // When
            admin.deleteTopics(List.of("lost.events")).all().get(60, TimeUnit.SECONDS);
            await().until(() -> !exists("lost.events"));
            insert(connection, table, "events", "k", "after");

            // Then
            awaitPublished(table, Duration.ofMinutes(2));
            assertThat(histories("lost.events")).isEqualTo(Map.of("k", List.of("after")));
            assertThat(role.problem()).isEmpty();
        }
    }

    private static void abortAtTheEndOf(String topic) throws Exception {
        try (KafkaProducer<byte[], byte[]> killed =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                servers.kafkaBootstrap(),
                                "transactional.id",
                                "killed"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            killed.initTransactions();
            killed.beginTransaction();
            killed.send(new ProducerRecord<>(topic, 0, "id".getBytes(UTF_8), new byte[0])).get();
            killed.abortTransaction();
        }
    }

    private static Databases pools() {
        DatabaseConfig databases =
                new DatabaseConfig(
                        Map.of(
                                DatabaseConfig.DEFAULT,
                                DatabaseUrl.parse(servers.postgresUrl())
                                        .server(Optional.empty(), Optional.empty())),
                        true,
                        4);
        return new Databases(databases, "test");
    }

    private static S3ClaimStores claims() {
        Clock clock = Clock.systemUTC();
        return new S3ClaimStores(
                ClaimConfigs.of(servers), new TimeOrderedIds(clock, new SecureRandom()), clock);
    }

    /** In this process, on a state folder of its own; hasty about late rows. */
    private static OutboxRelayRole role(Databases pools, S3ClaimStores claims, String state) {
        return new OutboxRelayRole(
                new OutboxRelayConfig(
                        Duration.ofMillis(20), Duration.ofDays(1), Duration.ofSeconds(1)),
                new RoleContext(
                        servers.kafkaBootstrap(),
                        true,
                        claims,
                        pools,
                        ConnectorsConfig.NONE,
                        new SimpleMeterRegistry(),
                        Traces.OFF,
                        Clock.systemUTC(),
                        temp.resolve(state)));
    }
}
