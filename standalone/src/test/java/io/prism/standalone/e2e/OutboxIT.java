package io.prism.standalone.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.prism.v1.DeleteNamespaceRequest;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.SweepClaimsRequest;
import io.prism.v1.SweepClaimsResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the gateway puts into an outbox; nobody relays here. */
final class OutboxIT {
    @SuppressWarnings("NullAway.Init")
    private static LoneGateway prism;

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @SuppressWarnings("NullAway.Init")
    private static SqlLooker sql;

    @SuppressWarnings("NullAway.Init")
    private static S3Looker s3;

    @BeforeAll
    static void setUp() throws IOException {
        prism = LoneGateway.start(Map.of(), Duration.ofSeconds(5));
        client = prism.client();
        sql = prism.database("postgres");
        s3 = new S3Looker(prism.servers(), "prism-claims");
    }

    @AfterAll
    static void tearDown() {
        s3.close();
        sql.close();
        prism.close();
    }

    private static String document(String name, String outbox, String further) {
        return """
        namespaces:
          - name: %s
            client_api: pubsub
            patterns:
              - {type: outbox, %s}
        %s
            backend: kafka
        """
                .formatted(name, outbox, further);
    }

    /** With a table of its own, named like it. */
    private static void create(String name) {
        client.create(document(name, "table: " + name, ""));
    }

    private static void createWithClaims(String name, String strategy) {
        client.create(
                document(
                        name,
                        "table: " + name,
                        "      - {type: claim-check, threshold: 1MB, storage: s3, cleanup:"
                                + " {strategy: "
                                + strategy
                                + ", ttl: 7d}}"));
    }

    private static PublishResponse publish(String namespace, PublishRequest.Builder request) {
        return client.pubsub(namespace).publish(request.build());
    }

    private static PublishRequest.Builder message(String text) {
        return PublishRequest.newBuilder().setTopic("t").setPayload(ByteString.copyFromUtf8(text));
    }

    private static List<String> ids(String table) {
        return sql.column("SELECT id FROM " + table);
    }

    /** The RFC's own integration test, with nobody who publishes. */
    @Test
    void fiveMillionBytesBecomeOneUnpublishedRowWithAClaimAndOneObject() {
        // Given
        createWithClaims("outbox_claims", "on_consume");
        // When
        PublishResponse response =
                client.publish("outbox_claims", "videos", ByteString.copyFrom(new byte[5_000_000]));
        // Then
        List<List<String>> rows =
                sql.rows(
                        "SELECT id, namespace, topic, octet_length(payload), claim_check_id,"
                                + " payload_size, claim_check_sha256, claim_check_encoding,"
                                + " claim_check_key, published_at FROM outbox_claims");
        assertThat(rows).hasSize(1);
        List<String> row = rows.getFirst();
        List<String> objects = s3.keys("outbox_claims/");
        assertThat(objects).hasSize(1);
        assertThat(row.get(0)).isEqualTo(response.getMessageId());
        assertThat(row.subList(1, 4)).containsExactly("outbox_claims", "videos", "0");
        assertThat(objects.getFirst()).isEqualTo(row.get(8)).contains(row.get(4));
        assertThat(row.get(5)).isEqualTo("5000000");
        assertThat(row.get(6)).hasSize(64);
        assertThat(row.get(9)).isNull();
        assertThat(response.hasPartition()).isFalse();
        assertThat(response.hasOffset()).isFalse();
        assertThat(response.getPosition()).startsWith("pg:");
        assertThat(KafkaLooker.all(prism.servers().kafkaBootstrap(), "outbox_claims.videos"))
                .isEmpty();
        // The relay tells of the claim, together with the record.
        assertThat(KafkaLooker.all(prism.servers().kafkaBootstrap(), "prism.claims"))
                .noneSatisfy(
                        event -> assertThat(new String(event.value(), UTF_8)).contains(row.get(4)));
    }

    @Test
    void aSmallMessageIsARowWithEverythingItsRecordNeeds() {
        create("outbox_row");
        publish(
                "outbox_row",
                message("hello")
                        .setKey("k")
                        .setMessageId("mine")
                        .putMetadata("colour", "\"red\" \\ \u00fc")
                        .putMetadata("traceparent", "00-trace-span-01"));
        assertThat(
                        sql.rows(
                                "SELECT namespace, topic, key, encode(payload, 'escape'),"
                                        + " headers ->> 'colour', headers::text, message_id,"
                                        + " traceparent, event_type, claim_check_id, error"
                                        + " FROM outbox_row"))
                .containsExactly(
                        Arrays.asList(
                                "outbox_row",
                                "t",
                                "k",
                                "hello",
                                "\"red\" \\ \u00fc",
                                "{\"colour\": \"\\\"red\\\" \\\\ \u00fc\"}",
                                "mine",
                                "00-trace-span-01",
                                null,
                                null,
                                null));
    }

    @Test
    void whatIsPreparedIsASlotBeforeTheTableAndAPublicationThatHasIt() {
        create("outbox_prepared");
        assertThat(
                        sql.rows(
                                "SELECT slot_name, plugin, database FROM pg_replication_slots"
                                        + " WHERE slot_name = 'prism_postgres'"))
                .containsExactly(List.of("prism_postgres", "pgoutput", "postgres"));
        assertThat(
                        sql.column(
                                "SELECT tablename FROM pg_publication_tables WHERE pubname ="
                                        + " 'prism' AND tablename = 'outbox_prepared'"))
                .hasSize(1);
        sql.run("INSERT INTO outbox_prepared (topic, payload) VALUES ('own', 'sql')");
        assertThat(
                        sql.number(
                                "SELECT count(*) FROM pg_logical_slot_peek_binary_changes("
                                        + "'prism_postgres', NULL, NULL, 'proto_version', '1',"
                                        + " 'publication_names', 'prism')"))
                .isPositive();
        assertThat(
                        sql.column(
                                "SELECT indexname FROM pg_indexes WHERE tablename ="
                                        + " 'outbox_prepared' ORDER BY indexname"))
                .contains("outbox_prepared_unpublished", "outbox_prepared_published");
    }

    @Test
    void whilePollingNothingOfTheLogIsUsed() {
        client.create(document("outbox-polling", "table: polled, publisher: {mode: polling}", ""));
        client.publish("outbox-polling", "t", ByteString.EMPTY);
        assertThat(ids("polled")).hasSize(1);
        assertThat(sql.column("SELECT 1 FROM pg_publication_tables WHERE tablename = 'polled'"))
                .isEmpty();
    }

    @Test
    void withoutATableAMessageIsInTheLogOnly() {
        client.create(document("outbox-none", "table: none", ""));
        PublishResponse response = publish("outbox-none", message("only in the log"));
        assertThat(response.getPosition()).startsWith("pg:");
        assertThat(sql.one("SELECT to_regclass('none')")).isEqualTo("null");
        assertThat(
                        sql.column(
                                "SELECT encode(data, 'escape') FROM"
                                        + " pg_logical_slot_peek_binary_changes('prism_postgres',"
                                        + " NULL, NULL, 'proto_version', '1', 'publication_names',"
                                        + " 'prism', 'messages', 'true')"))
                .filteredOn(change -> change.contains("prism.outbox"))
                .anyMatch(
                        change ->
                                change.contains(response.getMessageId())
                                        && change.endsWith("only in the log"));
    }

    @Test
    void aMessageIdGivenTwiceIsOneRowAlsoAtTheSameTime() {
        // Given
        create("outbox_twice");
        UUID uuid = UUID.randomUUID();
        // When
        PublishResponse first = publish("outbox_twice", message("a").setMessageId("order-1"));
        PublishResponse second = publish("outbox_twice", message("b").setMessageId("order-1"));
        List<PublishResponse> many =
                IntStream.range(0, 40)
                        .parallel()
                        .mapToObj(
                                i ->
                                        publish(
                                                "outbox_twice",
                                                message("c").setMessageId(uuid.toString())))
                        .toList();
        PublishResponse elsewhere =
                publish("outbox_twice", message("d").setTopic("other").setMessageId("order-1"));
        // Then
        assertThat(first.getDuplicate()).isFalse();
        assertThat(second.getDuplicate()).isTrue();
        assertThat(second.getMessageId()).isEqualTo("order-1");
        assertThat(second.getPublishedAt()).isEqualTo(first.getPublishedAt());
        assertThat(many).filteredOn(response -> !response.getDuplicate()).hasSize(1);
        assertThat(elsewhere.getDuplicate()).isFalse();
        assertThat(
                        sql.column(
                                "SELECT message_id || topic || encode(payload, 'escape')"
                                        + " FROM outbox_twice ORDER BY created_at, topic"))
                .containsExactlyInAnyOrder("order-1ta", uuid + "tc", "order-1otherd");
    }

    @Test
    void oneIdInTwoNamespacesOfOneTableIsTwoMessages() {
        String id = UUID.randomUUID().toString();
        client.create(document("outbox-share-a", "table: shared_ids", ""));
        client.create(document("outbox-share-b", "table: shared_ids", ""));
        assertThat(publish("outbox-share-a", message("a").setMessageId(id)).getDuplicate())
                .isFalse();
        assertThat(publish("outbox-share-b", message("b").setMessageId(id)).getDuplicate())
                .isFalse();
        assertThat(ids("shared_ids")).hasSize(2);
    }

    @Test
    void aRepeatedMessageLeavesNoObjectOfItsOwn() {
        createWithClaims("outbox_repeat", "on_consume");
        for (int i = 0; i < 3; i++) {
            publish(
                    "outbox_repeat",
                    message("")
                            .setPayload(ByteString.copyFrom(new byte[2_000_000]))
                            .setMessageId("same"));
        }
        String key = sql.one("SELECT claim_check_key FROM outbox_repeat");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(s3.keys("outbox_repeat/")).containsExactly(key));
    }

    @Test
    void aCommitThatFailsLeavesNoRowAndNoObject() {
        // Given: refused at the commit itself, not before
        createWithClaims("outbox_refused", "ttl");
        sql.run(
                """
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'not on my watch'; END $$;
                CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON outbox_refused
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
                WHEN (NEW.topic = 'bad') EXECUTE FUNCTION refuse()\
                """);
        // When
        Throwable failure =
                catchThrowable(
                        () ->
                                client.publish(
                                        "outbox_refused",
                                        "bad",
                                        ByteString.copyFrom(new byte[2_000_000])));
        // Then
        assertThat(TestClient.reason(failure)).isEqualTo("DATABASE_REFUSED");
        assertThat(failure).hasMessageContaining("not on my watch");
        assertThat(ids("outbox_refused")).isEmpty();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(s3.keys("outbox_refused/")).isEmpty());
        client.publish("outbox_refused", "good", ByteString.EMPTY);
    }

    @Test
    void badRowsFailAloneWithATypedError() {
        // Given
        create("outbox_bad");
        sql.run("ALTER TABLE outbox_bad ADD CHECK (topic <> 'never')");
        // When: together with many others
        List<CompletableFuture<String>> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 300; i++) {
                PublishRequest.Builder request = message(Integer.toString(i));
                switch (i % 100) {
                    case 7 -> request.putMetadata("zero", "a\0b");
                    case 8 -> request.setKey("a\0b");
                    case 9 -> request.setTopic("never");
                    default -> request.setKey("fine");
                }
                answers.add(
                        CompletableFuture.supplyAsync(
                                () -> {
                                    Throwable failure =
                                            catchThrowable(() -> publish("outbox_bad", request));
                                    return failure == null ? "" : TestClient.reason(failure);
                                },
                                threads));
            }
        }
        // Then
        for (int i = 0; i < 300; i++) {
            assertThat(answers.get(i).join())
                    .as("message %s", i)
                    .isEqualTo(
                            switch (i % 100) {
                                case 7, 8 -> "VALUE_INVALID";
                                case 9 -> "CONSTRAINT_VIOLATED";
                                default -> "";
                            });
        }
        assertThat(ids("outbox_bad")).hasSize(291);
    }

    @Test
    void manyPublishersShareCommits() throws Exception {
        // Given
        int publishers = 64;
        int each = 100;
        client.create(document("outbox-many", "database: many_db, table: many", ""));
        client.publish("outbox-many", "t", ByteString.EMPTY);
        try (SqlLooker many = prism.database("many_db")) {
            String commits = "SELECT xact_commit FROM pg_stat_database WHERE datname = 'many_db'";
            many.run("SELECT pg_stat_force_next_flush()");
            long before = sql.number(commits);
            // When
            try (var threads = Executors.newFixedThreadPool(publishers)) {
                for (int p = 0; p < publishers; p++) {
                    String key = "p" + p;
                    threads.execute(
                            () -> {
                                for (int i = 0; i < each; i++) {
                                    publish(
                                            "outbox-many",
                                            message(Integer.toString(i)).setKey(key));
                                }
                            });
                }
                threads.shutdown();
                assertThat(threads.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
            }
            // Then
            int rows = publishers * each;
            assertThat(many.number("SELECT count(*) FROM many")).isEqualTo(rows + 1);
            long transactions = many.number("SELECT count(DISTINCT xmin::text) FROM many");
            assertThat(transactions).isLessThan(rows / 4);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(
                            () ->
                                    assertThat(sql.number(commits) - before)
                                            .isBetween(transactions / 2, rows / 2L));
            for (int p = 0; p < publishers; p++) {
                assertThat(
                                many.column(
                                        "SELECT encode(payload, 'escape') FROM many WHERE key = 'p"
                                                + p
                                                + "' ORDER BY ctid"))
                        .as("in the order of its publisher")
                        .isEqualTo(IntStream.range(0, each).mapToObj(Integer::toString).toList());
            }
        }
    }

    @Test
    void anUnknownDatabaseAndATableThatIsNoneAreRefusedWithTheirRemedy() {
        sql.run("CREATE TABLE not_an_outbox (id uuid PRIMARY KEY, topic text, payload bytea)");
        Throwable columns =
                catchThrowable(
                        () -> client.create(document("outbox-x", "table: not_an_outbox", "")));
        assertThat(TestClient.reason(columns)).isEqualTo("DATABASE_REFUSED");
        assertThat(columns)
                .hasMessageContainingAll("not_an_outbox", "namespace", "headers", "created_at")
                .hasMessageNotContaining("lacks topic");

        create("outbox_keyless");
        client.admin()
                .deleteNamespace(
                        DeleteNamespaceRequest.newBuilder().setName("outbox_keyless").build());
        sql.run("ALTER TABLE outbox_keyless DROP CONSTRAINT outbox_keyless_pkey");
        Throwable key = catchThrowable(() -> create("outbox_keyless"));
        assertThat(key).hasMessageContaining("ADD PRIMARY KEY (id)");

        Throwable schema =
                catchThrowable(
                        () -> client.create(document("outbox-y", "table: nowhere.outbox", "")));
        assertThat(TestClient.reason(schema)).isEqualTo("DATABASE_REFUSED");
        assertThat(schema).hasMessageContaining("nowhere");
        client.createPlain("outbox-x");
    }

    @Test
    void anExistingTableIsUsedWithoutWaitingForThoseWhoWrite() throws Exception {
        // Given: an application's transaction that has inserted and goes on
        create("outbox_busy");
        try (SqlLooker application = prism.database("postgres")) {
            application.run("BEGIN");
            application.run("INSERT INTO outbox_busy (topic, payload) VALUES ('own', 'x')");
            // When
            client.create(document("outbox-busy-too", "table: outbox_busy", ""));
            client.publish("outbox-busy-too", "t", ByteString.EMPTY);
            // Then
            assertThat(ids("outbox_busy")).hasSize(1);
            application.run("ROLLBACK");
        }
        assertThat(ids("outbox_busy")).hasSize(1);
    }

    @Test
    void deletedDataIsTheNamespacesOwnAndTheLastOneTakesTheTable() {
        // Given
        client.create(document("outbox-del-a", "table: del", ""));
        client.create(document("outbox-del-b", "table: del", ""));
        client.publish("outbox-del-a", "t", ByteString.EMPTY);
        client.publish("outbox-del-b", "t", ByteString.EMPTY);
        // When, then
        delete("outbox-del-a");
        assertThat(sql.column("SELECT namespace FROM del")).containsExactly("outbox-del-b");
        delete("outbox-del-b");
        assertThat(sql.one("SELECT to_regclass('del')")).isEqualTo("null");
        assertThat(sql.column("SELECT 1 FROM pg_publication_tables WHERE tablename = 'del'"))
                .isEmpty();
        assertThat(
                        sql.column(
                                "SELECT 1 FROM pg_replication_slots WHERE slot_name ="
                                        + " 'prism_postgres'"))
                .hasSize(1);
    }

    private static void delete(String namespace) {
        client.admin()
                .deleteNamespace(
                        DeleteNamespaceRequest.newBuilder()
                                .setName(namespace)
                                .setDeleteData(true)
                                .build());
    }

    @Test
    void aSweepKeepsWhatRowsReferToAndDeletesTheRest() {
        // Given: one waits in the table, and one was in a row that never was committed
        createWithClaims("outbox_sweep", "ttl");
        client.publish("outbox_sweep", "t", ByteString.copyFrom(new byte[1_500_000]));
        String needed = sql.one("SELECT claim_check_key FROM outbox_sweep");
        String before = needed.substring(0, needed.length() - 1);
        String orphan = before + (needed.endsWith("0") ? "1" : "0");
        s3.put(orphan, new byte[1_000]);
        // When
        SweepClaimsResponse swept =
                client.admin()
                        .withDeadlineAfter(180, TimeUnit.SECONDS)
                        .sweepClaims(
                                SweepClaimsRequest.newBuilder()
                                        .setNamespace("outbox_sweep")
                                        .setGrace(
                                                com.google.protobuf.Duration.newBuilder()
                                                        .setSeconds(0))
                                        .build());
        // Then
        assertThat(swept.getDeleted()).isEqualTo(1);
        assertThat(s3.keys("outbox_sweep/")).containsExactly(needed);
    }

    @Test
    void aSweepWaitsForARowThatIsInsertedAndNotCommitted() throws Exception {
        // Given
        createWithClaims("outbox_late", "ttl");
        client.publish("outbox_late", "t", ByteString.copyFrom(new byte[1_500_000]));
        String needed = sql.one("SELECT claim_check_key FROM outbox_late");
        sql.run("CREATE TABLE late AS SELECT * FROM outbox_late");
        sql.run("DELETE FROM outbox_late");
        try (SqlLooker publisher = prism.database("postgres");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            publisher.run("BEGIN");
            publisher.run("INSERT INTO outbox_late SELECT * FROM late");
            // When
            var sweep =
                    threads.submit(
                            () ->
                                    client.admin()
                                            .withDeadlineAfter(180, TimeUnit.SECONDS)
                                            .sweepClaims(
                                                    SweepClaimsRequest.newBuilder()
                                                            .setNamespace("outbox_late")
                                                            .setGrace(
                                                                    com.google.protobuf.Duration
                                                                            .getDefaultInstance())
                                                            .build()));
            org.awaitility.Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () ->
                                    sql.number(
                                                    "SELECT count(*) FROM pg_stat_activity WHERE"
                                                            + " query LIKE 'SELECT pg_snapshot_xmin%'")
                                            > 0);
            TimeUnit.MILLISECONDS.sleep(500);
            assertThat(sweep.isDone()).isFalse();
            publisher.run("COMMIT");
            // Then
            assertThat(sweep.get().getDeleted()).isZero();
        }
        assertThat(s3.keys("outbox_late/")).containsExactly(needed);
    }

    @Test
    void theDatabaseIsAskedWhatIsPending() {
        create("outbox_metrics");
        client.publish("outbox_metrics", "t", ByteString.EMPTY);
        sql.run(
                "INSERT INTO outbox_metrics (topic, payload, created_at)"
                        + " VALUES ('own', 'x', now() - interval '1 hour')");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> {
                            String metrics = prism.metrics();
                            assertThat(value(metrics, "prism_pattern_outbox_pending_count"))
                                    .isEqualTo(2);
                            assertThat(value(metrics, "prism_pattern_outbox_lag_seconds"))
                                    .isBetween(3_600.0, 3_700.0);
                        });
        String metrics = prism.metrics();
        assertThat(value(metrics, "prism_pattern_outbox_inserted_total")).isEqualTo(1);
        assertThat(value(metrics, "prism_pattern_outbox_batch_rows_count")).isEqualTo(1);
        sql.run("UPDATE outbox_metrics SET published_at = now()");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () ->
                                assertThat(
                                                value(
                                                        prism.metrics(),
                                                        "prism_pattern_outbox_lag_seconds"))
                                        .isZero());
    }

    private static double value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + "{namespace=\"outbox_metrics\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .findFirst()
                .orElse(-1);
    }
}
