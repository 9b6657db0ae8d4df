package io.prism.standalone.e2e;

import static io.prism.standalone.e2e.Transacting.both;
import static io.prism.standalone.e2e.Transacting.data;
import static io.prism.standalone.e2e.Transacting.insert;
import static io.prism.standalone.e2e.Transacting.message;
import static io.prism.standalone.e2e.Transacting.only;
import static io.prism.standalone.e2e.Transacting.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.prism.core.database.DatabaseUrl;
import io.prism.gateway.transact.table.IdempotencyTable;
import io.prism.v1.DataWrite;
import io.prism.v1.IsolationLevel;
import io.prism.v1.MessageWrite;
import io.prism.v1.TransactionBegin;
import io.prism.v1.TransactionOptions;
import io.prism.v1.TransactionRequest;
import io.prism.v1.WriteMode;
import io.prism.v1.WriteRequest;
import io.prism.v1.WriteResponse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows and messages that commit together, and the errors that leave neither. */
final class TransactIT {
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
        sql.run(
                """
                CREATE TABLE orders (
                    id bigint PRIMARY KEY,
                    number text UNIQUE,
                    total numeric(12, 2) CHECK (total >= 0),
                    note varchar(20) NOT NULL DEFAULT 'none'
                );
                CREATE TABLE lines (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    order_id bigint NOT NULL REFERENCES orders (id) DEFERRABLE
                );
                CREATE TABLE secrets (id int PRIMARY KEY, word text);
                INSERT INTO secrets VALUES (1, 'quiet')\
                """);
        create("transact", "tables: [orders, lines]", "table: transact_outbox", "");
    }

    @AfterAll
    static void tearDown() {
        s3.close();
        sql.close();
        prism.close();
    }

    private static void create(String name, String tables, String outbox, String further) {
        client.create(
                """
                namespaces:
                  - name: %s
                    client_api: transact
                    %s
                    patterns:
                      - {type: outbox, %s}
                %s
                """
                        .formatted(name, tables, outbox, further));
    }

    private static WriteResponse write(WriteRequest request) {
        return client.transact("transact").write(request);
    }

    private static String reason(WriteRequest request) {
        return TestClient.reason(catchThrowable(() -> write(request)));
    }

    private static WriteRequest keyed(WriteRequest request, String key) {
        return request.toBuilder()
                .setOptions(TransactionOptions.newBuilder().setIdempotencyKey(key))
                .build();
    }

    private static long orders(String where) {
        return sql.number("SELECT count(*) FROM orders WHERE " + where);
    }

    private static long messages(String key) {
        return sql.number("SELECT count(*) FROM transact_outbox WHERE key = '" + key + "'");
    }

    @Test
    void aRowAndAMessageCommitTogether() {
        // When
        WriteResponse response =
                write(
                        both(
                                insert("orders", "id", "9007199254740993", "total", "12.30"),
                                message("orders", "hello").toBuilder()
                                        .setKey("together")
                                        .setEventType("placed")
                                        .putMetadata("colour", "red")
                                        .build()));
        // Then
        assertThat(response.getKey()).isEqualTo(record("id", "9007199254740993"));
        assertThat(response.getPosition()).startsWith("pg:");
        assertThat(response.getReplayed()).isFalse();
        assertThat(sql.rows("SELECT total, note FROM orders WHERE id = 9007199254740993"))
                .containsExactly(List.of("12.30", "none"));
        List<List<String>> rows =
                sql.rows(
                        "SELECT id, namespace, topic, event_type, headers ->> 'colour',"
                                + " encode(payload, 'escape'), xmin FROM transact_outbox"
                                + " WHERE key = 'together'");
        assertThat(rows).hasSize(1);
        assertThat(rows.getFirst().subList(0, 6))
                .containsExactly(
                        response.getMessageId(), "transact", "orders", "placed", "red", "hello");
        assertThat(sql.one("SELECT xmin FROM orders WHERE id = 9007199254740993"))
                .as("one transaction")
                .isEqualTo(rows.getFirst().get(6));
    }

    @Test
    void updateUpsertAndDeleteNameTheRowByItsKeyOrAUniqueColumn() {
        write(only(insert("orders", "id", 100, "number", "n-100", "total", 1)));
        WriteResponse byNumber =
                write(
                        only(
                                data(
                                                WriteMode.WRITE_MODE_UPDATE,
                                                "public.orders",
                                                "number",
                                                "n-100",
                                                "total",
                                                2.5)
                                        .toBuilder()
                                        .setIdField("number")
                                        .build()));
        assertThat(byNumber.getKey()).isEqualTo(record("number", "n-100"));
        assertThat(orders("id = 100 AND total = 2.5 AND note = 'none'")).isEqualTo(1);

        WriteResponse there =
                write(only(data(WriteMode.WRITE_MODE_UPSERT, "orders", "id", 100, "note", "new")));
        WriteResponse fresh =
                write(only(data(WriteMode.WRITE_MODE_UPSERT, "orders", "id", 101, "total", 7)));
        assertThat(there.getUpdated()).isTrue();
        assertThat(fresh.getUpdated()).isFalse();
        assertThat(orders("id = 100 AND total = 2.5 AND note = 'new'")).isEqualTo(1);

        write(only(data(WriteMode.WRITE_MODE_DELETE, "orders", "id", 101)));
        assertThat(orders("id = 101")).isZero();
    }

    @Test
    void whatIsNotThereIsNotFoundAndItsMessageIsNotWritten() {
        for (WriteMode mode : List.of(WriteMode.WRITE_MODE_UPDATE, WriteMode.WRITE_MODE_DELETE)) {
            DataWrite gone =
                    mode == WriteMode.WRITE_MODE_UPDATE
                            ? data(mode, "orders", "id", 404, "total", 1)
                            : data(mode, "orders", "id", 404);
            WriteRequest request =
                    both(gone, message("orders", "x").toBuilder().setKey("gone").build());
            Throwable failure = catchThrowable(() -> write(request));
            assertThat(TestClient.reason(failure)).isEqualTo("ROW_NOT_FOUND");
            assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.NOT_FOUND);
        }
        assertThat(messages("gone")).isZero();
    }

    @Test
    void aBrokenConstraintIsNamedAndNothingIsWritten() {
        write(only(insert("orders", "id", 200, "number", "taken")));
        Throwable unique =
                catchThrowable(
                        () ->
                                write(
                                        both(
                                                insert("orders", "id", 201, "number", "taken"),
                                                message("orders", "x").toBuilder()
                                                        .setKey("broken")
                                                        .build())));
        assertThat(TestClient.reason(unique)).isEqualTo("ROW_EXISTS");
        assertThat(Status.fromThrowable(unique).getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(unique)
                .hasMessageContaining("orders_number_key")
                .hasMessageNotContaining("taken");
        Throwable check =
                catchThrowable(() -> write(only(insert("orders", "id", 202, "total", -1))));
        assertThat(TestClient.reason(check)).isEqualTo("CONSTRAINT_VIOLATED");
        assertThat(check).hasMessageContaining("orders_total_check");
        Throwable missing =
                catchThrowable(() -> write(only(insert("orders", "id", 203, "note", null))));
        assertThat(TestClient.reason(missing)).isEqualTo("VALUE_INVALID");
        assertThat(missing).hasMessageContaining("note");
        Throwable reference =
                catchThrowable(() -> write(only(insert("lines", "order_id", 999_999))));
        assertThat(TestClient.reason(reference)).isEqualTo("CONSTRAINT_VIOLATED");
        assertThat(reference).hasMessageContaining("lines_order_id_fkey");
        assertThat(orders("id IN (201, 202, 203)")).isZero();
        assertThat(messages("broken")).isZero();
    }

    @Test
    void tablesColumnsAndValuesThatDoNotFitAreRefusedWithWhatDoes() {
        Throwable table = catchThrowable(() -> write(only(insert("order", "id", 1))));
        assertThat(TestClient.reason(table)).isEqualTo("TABLE_UNKNOWN");
        assertThat(table).hasMessageContainingAll("lines, orders", "did you mean `orders`?");
        Throwable column = catchThrowable(() -> write(only(insert("orders", "totl", 1))));
        assertThat(TestClient.reason(column)).isEqualTo("COLUMN_UNKNOWN");
        assertThat(column).hasMessageContainingAll("number", "did you mean `total`?");
        for (Object wrong : Arrays.asList("x", 1.5, 1e17, true, "9223372036854775808")) {
            assertThat(reason(only(insert("orders", "id", wrong))))
                    .as("%s", wrong)
                    .isEqualTo("VALUE_INVALID");
        }
        assertThat(reason(only(insert("orders", "id", 1, "note", "longer than twenty characters"))))
                .isEqualTo("VALUE_INVALID");
        assertThat(reason(only(insert("orders", "id", 1, "note", "zero\0"))))
                .isEqualTo("VALUE_INVALID");
        assertThat(reason(only(insert("lines", "id", 1, "order_id", 1))))
                .isEqualTo("VALUE_INVALID");
        assertThat(reason(only(data(WriteMode.WRITE_MODE_UPDATE, "orders", "total", 1))))
                .isEqualTo("FIELD_INVALID");
        assertThat(reason(only(data(WriteMode.WRITE_MODE_DELETE, "orders", "id", 1, "total", 1))))
                .isEqualTo("FIELD_INVALID");
        assertThat(
                        reason(
                                only(
                                        data(WriteMode.WRITE_MODE_DELETE, "orders", "note", "x")
                                                .toBuilder()
                                                .setIdField("note")
                                                .build())))
                .isEqualTo("FIELD_INVALID");
        assertThat(reason(WriteRequest.getDefaultInstance())).isEqualTo("FIELD_INVALID");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secrets",
                "orders; DROP TABLE secrets",
                "orders\" (id) VALUES (1); DROP TABLE secrets; --",
                "public.orders' OR '1'='1",
                "pg_catalog.pg_authid",
                "transact_outbox",
                "public.prism_idempotency",
                "orders.id.x",
                "",
                "ORDERS\0"
            })
    void noTableIsWrittenThatIsNotDeclared(String table) {
        assertThat(reason(only(insert(table, "id", 2, "word", "loud")))).isEqualTo("TABLE_UNKNOWN");
        assertThat(sql.column("SELECT word FROM secrets")).containsExactly("quiet");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id) VALUES (1); DROP TABLE secrets; --",
                "id\", \"note",
                "id = 1; DELETE FROM secrets; --",
                "(SELECT word FROM secrets)",
                "?",
                "ID",
                "ctid",
                ""
            })
    void noTextOfAClientIsTakenForAColumn(String column) {
        for (WriteMode mode :
                List.of(
                        WriteMode.WRITE_MODE_INSERT,
                        WriteMode.WRITE_MODE_UPDATE,
                        WriteMode.WRITE_MODE_UPSERT,
                        WriteMode.WRITE_MODE_DELETE)) {
            assertThat(reason(only(data(mode, "orders", "id", 300, column, 1))))
                    .isEqualTo("COLUMN_UNKNOWN");
            if (!column.isEmpty()) {
                assertThat(
                                reason(
                                        only(
                                                data(mode, "orders", "id", 300).toBuilder()
                                                        .setIdField(column)
                                                        .build())))
                        .isEqualTo("COLUMN_UNKNOWN");
            }
        }
        assertThat(sql.column("SELECT word FROM secrets")).containsExactly("quiet");
        assertThat(orders("id = 300")).isZero();
    }

    @Test
    void textOfAClientIsAValueAndNothingElse() {
        String evil = "'); DROP TABLE x;--";
        write(
                both(
                        insert("orders", "id", 310, "number", evil + " $1 ? \\' \"", "note", "?"),
                        message("orders", evil).toBuilder()
                                .setKey(evil)
                                .setEventType(evil)
                                .putMetadata(evil, evil)
                                .build()));
        assertThat(sql.one("SELECT number FROM orders WHERE id = 310"))
                .isEqualTo(evil + " $1 ? \\' \"");
        assertThat(
                        sql.rows(
                                "SELECT key, event_type, headers ->> key FROM transact_outbox"
                                        + " WHERE key LIKE '%DROP%'"))
                .containsExactly(List.of(evil, evil, evil));
        for (String topic : List.of(evil, "a*", "x; y", "")) {
            assertThat(reason(WriteRequest.newBuilder().setMessage(message(topic, "x")).build()))
                    .isEqualTo("TOPIC_INVALID");
        }
    }

    @Test
    void everyTypeKeepsItsDigits() {
        sql.run(
                """
                CREATE TYPE mood AS ENUM ('fine', 'so so');
                CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);
                CREATE TABLE "all_types" (
                    id uuid PRIMARY KEY, small smallint, big bigint, exact numeric, near float8,
                    flag boolean, bytes bytea, doc jsonb, at timestamptz, day date, long interval,
                    feel mood, share percent, tags text[], grid int[][], blobs bytea[], net inet,
                    "Odd Name?" char(3)
                )\
                """);
        create("types", "tables: [all_types]", "table: types_outbox", "");
        Value list =
                Value.newBuilder()
                        .setListValue(
                                ListValue.newBuilder()
                                        .addValues(Transacting.value("a,\"b\\"))
                                        .addValues(Transacting.value(null))
                                        .addValues(Transacting.value("NULL")))
                        .build();
        Value row =
                Value.newBuilder()
                        .setListValue(
                                ListValue.newBuilder()
                                        .addValues(Transacting.value(1))
                                        .addValues(Transacting.value("2")))
                        .build();
        Value grid =
                Value.newBuilder()
                        .setListValue(ListValue.newBuilder().addValues(row).addValues(row))
                        .build();
        Value blobs =
                Value.newBuilder()
                        .setListValue(ListValue.newBuilder().addValues(Transacting.value("AP8=")))
                        .build();
        Value doc = Value.newBuilder().setStructValue(record("a", 1, "b", "x")).build();
        client.transact("types")
                .write(
                        only(
                                insert(
                                        "all_types",
                                        "id",
                                        "a81bc81b-dead-4e5d-abff-90865d1e13b1",
                                        "small",
                                        -3,
                                        "big",
                                        "9223372036854775807",
                                        "exact",
                                        "123456789012345678901234567890.123456789",
                                        "near",
                                        0.1,
                                        "flag",
                                        true,
                                        "bytes",
                                        "AP_-",
                                        "doc",
                                        doc,
                                        "at",
                                        "2026-01-31T12:00:00.123456+02:00",
                                        "day",
                                        "2026-01-31",
                                        "long",
                                        "1 day",
                                        "feel",
                                        "so so",
                                        "share",
                                        40,
                                        "tags",
                                        list,
                                        "grid",
                                        grid,
                                        "blobs",
                                        blobs,
                                        "net",
                                        "10.0.0.0/8",
                                        "Odd Name?",
                                        "abc")));
        assertThat(
                        sql.rows(
                                "SELECT small, big, exact, near, flag, bytes, doc, at AT TIME ZONE"
                                        + " 'UTC', day, long, feel, share, tags, grid, blobs, net,"
                                        + " \"Odd Name?\" FROM all_types"))
                .containsExactly(
                        List.of(
                                "-3",
                                "9223372036854775807",
                                "123456789012345678901234567890.123456789",
                                "0.1",
                                "t",
                                "\\x00fffe",
                                "{\"a\": 1, \"b\": \"x\"}",
                                "2026-01-31 10:00:00.123456",
                                "2026-01-31",
                                "1 day",
                                "so so",
                                "40",
                                "{\"a,\\\"b\\\\\",NULL,\"NULL\"}",
                                "{{1,2},{1,2}}",
                                "{\"\\\\x00ff\"}",
                                "10.0.0.0/8",
                                "abc"));
    }

    @Test
    void aColumnThatIsAddedLaterIsFound() {
        sql.run("CREATE TABLE growing (id int PRIMARY KEY)");
        create("growing", "tables: [growing]", "table: growing_outbox", "");
        client.transact("growing").write(only(insert("growing", "id", 1)));
        sql.run("ALTER TABLE growing ADD COLUMN more text");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .untilAsserted(
                        () ->
                                client.transact("growing")
                                        .write(only(insert("growing", "id", 2, "more", "x"))));
        assertThat(sql.column("SELECT more FROM growing WHERE id = 2")).containsExactly("x");
    }

    @Test
    void aLargePayloadIsStoredBeforeAndGoesWhenTheTransactionFails() {
        create(
                "transact_claims",
                "tables: [orders]",
                "table: transact_claims",
                "      - {type: claim-check, threshold: 1MB, storage: s3, cleanup: {strategy:"
                        + " ttl, ttl: 7d}}");
        MessageWrite large =
                MessageWrite.newBuilder()
                        .setTopic("films")
                        .setPayload(ByteString.copyFrom(new byte[5_000_000]))
                        .build();
        // When: one fails, one is repeated, one is rolled back
        Throwable failure =
                catchThrowable(
                        () ->
                                client.transact("transact_claims")
                                        .write(both(insert("orders", "id", "x"), large)));
        WriteRequest request = keyed(both(insert("orders", "id", 400), large), "film-1");
        client.transact("transact_claims").write(request);
        assertThat(client.transact("transact_claims").write(request).getReplayed()).isTrue();
        try (Transacting stream = Transacting.begin(client, "transact_claims")) {
            stream.write(null, large);
            stream.rollback();
        }
        // Then
        assertThat(TestClient.reason(failure)).isEqualTo("VALUE_INVALID");
        String key = sql.one("SELECT claim_check_key FROM transact_claims");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(s3.keys("transact_claims/")).containsExactly(key));
        assertThat(sql.one("SELECT payload_size FROM transact_claims")).isEqualTo("5000000");
    }

    @Test
    void aRepeatGetsTheFirstAnswerAndAnotherRequestIsRefused() {
        WriteRequest first =
                keyed(
                        both(
                                insert("orders", "id", 500),
                                message("orders", "x").toBuilder().setKey("once").build()),
                        "key-500");
        WriteResponse answer = write(first);
        WriteResponse again = write(first);
        assertThat(again).isEqualTo(answer.toBuilder().setReplayed(true).build());
        assertThat(messages("once")).isEqualTo(1);
        WriteRequest other = keyed(only(insert("orders", "id", 501)), "key-500");
        assertThat(reason(other)).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(orders("id = 501")).isZero();
        // A failed call leaves its key free.
        assertThat(reason(keyed(only(insert("orders", "id", 500)), "key-502")))
                .isEqualTo("ROW_EXISTS");
        assertThat(write(keyed(only(insert("orders", "id", 502)), "key-502")).getReplayed())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"READ_COMMITTED", "REPEATABLE_READ", "SERIALIZABLE"})
    void repeatsAtTheSameTimeHappenOnce(String isolation) {
        int id = 510 + isolation.length();
        WriteRequest request =
                both(
                                insert("orders", "id", id),
                                message("orders", "x").toBuilder().setKey(isolation).build())
                        .toBuilder()
                        .setOptions(
                                TransactionOptions.newBuilder()
                                        .setIdempotencyKey(isolation)
                                        .setIsolation(
                                                IsolationLevel.valueOf(
                                                        "ISOLATION_LEVEL_" + isolation)))
                        .build();
        List<WriteResponse> answers;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<WriteResponse>> calls =
                    IntStream.range(0, 40)
                            .mapToObj(
                                    i ->
                                            CompletableFuture.supplyAsync(
                                                    () -> write(request), threads))
                            .toList();
            answers = calls.stream().map(CompletableFuture::join).toList();
        }
        assertThat(answers).filteredOn(answer -> !answer.getReplayed()).hasSize(1);
        assertThat(answers)
                .allSatisfy(
                        answer ->
                                assertThat(answer.getMessageId())
                                        .isEqualTo(answers.getFirst().getMessageId()));
        assertThat(messages(isolation)).isEqualTo(1);
        assertThat(orders("id = " + id)).isEqualTo(1);
    }

    @Test
    void keysAreForgottenWhenTheyAreOldABatchAtATime() throws Exception {
        write(keyed(only(insert("orders", "id", 540)), "young"));
        sql.run(
                "INSERT INTO prism_idempotency (namespace, key, request, created_at)"
                        + " SELECT 'old', i::text, '', now() - interval '25 hours'"
                        + " FROM generate_series(1, 25) i");
        DatabaseUrl url = DatabaseUrl.parse(prism.servers().postgresUrl());
        try (Connection connection =
                DriverManager.getConnection("jdbc:" + url.url(), "postgres", "postgres")) {
            assertThat(IdempotencyTable.expire(connection, Duration.ofDays(1), 10)).isEqualTo(10);
            assertThat(IdempotencyTable.expire(connection, Duration.ofDays(1), 100)).isEqualTo(15);
        }
        assertThat(sql.column("SELECT 1 FROM prism_idempotency WHERE namespace = 'old'")).isEmpty();
        assertThat(write(keyed(only(insert("orders", "id", 540)), "young")).getReplayed()).isTrue();
    }

    @Test
    void tenThousandTransactionsAtOnceAreThereOnceEach() throws Exception {
        // Given
        int count = 10_000;
        sql.run("CREATE TABLE many (id int PRIMARY KEY)");
        create("many", "tables: [many]", "table: many_outbox", "");
        // When
        List<CompletableFuture<WriteResponse>> calls = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                WriteRequest request =
                        both(
                                        insert("many", "id", i),
                                        message("many", Integer.toString(i)).toBuilder()
                                                .setKey(Integer.toString(i % 100))
                                                .build())
                                .toBuilder()
                                .setOptions(
                                        TransactionOptions.newBuilder()
                                                .setTimeout(
                                                        com.google.protobuf.Duration.newBuilder()
                                                                .setSeconds(60)))
                                .build();
                calls.add(
                        CompletableFuture.supplyAsync(
                                () -> client.transact("many").write(request), threads));
            }
            CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
                    .get(150, TimeUnit.SECONDS);
        }
        // Then
        assertThat(sql.number("SELECT count(*) FROM many")).isEqualTo(count);
        assertThat(
                        sql.number(
                                "SELECT count(*) FROM many m JOIN many_outbox o ON"
                                        + " encode(o.payload, 'escape') = m.id::text AND"
                                        + " o.mailbox_transaction::text::xid = m.xmin"))
                .as("each with its own message, in one transaction")
                .isEqualTo(count);
        assertThat(sql.number("SELECT count(*) FROM many_outbox")).isEqualTo(count);
        assertThat(calls.stream().map(call -> call.join().getMessageId()).distinct().count())
                .isEqualTo(count);
    }

    @Test
    void aStreamOfWritesCommitsAtOnceAndAnswersInOrder() {
        try (Transacting stream = Transacting.begin(client, "transact")) {
            assertThat(stream.write(insert("orders", "id", 600), null).getWritten().getKey())
                    .isEqualTo(record("id", "600"));
            assertThat(
                            stream.write(
                                            insert("lines", "order_id", 600),
                                            message("orders", "x").toBuilder()
                                                    .setKey("stream")
                                                    .build())
                                    .getWritten()
                                    .getMessageId())
                    .isNotEmpty();
            assertThat(orders("id = 600")).isZero();
            assertThat(stream.commit().hasCommitted()).isTrue();
            assertThat(stream.ended()).isTrue();
        }
        assertThat(orders("id = 600")).isEqualTo(1);
        assertThat(messages("stream")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rollback", "half-close", "cancel", "error", "begin twice"})
    void aStreamThatDoesNotCommitLeavesNothing(String how) {
        Transacting stream = Transacting.begin(client, "transact");
        stream.write(
                insert("orders", "id", 610),
                message("orders", "x").toBuilder().setKey("left").build());
        switch (how) {
            case "rollback" -> {
                assertThat(stream.rollback().hasRolledBack()).isTrue();
                assertThat(stream.ended()).isTrue();
            }
            case "half-close" -> {
                stream.halfClose();
                assertThat(stream.answer().hasRolledBack()).isTrue();
                assertThat(stream.ended()).isTrue();
            }
            case "cancel" -> stream.close();
            case "error" -> {
                Throwable failure =
                        catchThrowable(() -> stream.write(insert("orders", "id", 610), null));
                assertThat(TestClient.reason(failure)).isEqualTo("ROW_EXISTS");
            }
            default -> {
                Throwable failure =
                        catchThrowable(
                                () ->
                                        stream.ask(
                                                TransactionRequest.newBuilder()
                                                        .setBegin(
                                                                TransactionBegin
                                                                        .getDefaultInstance())
                                                        .build()));
                assertThat(TestClient.reason(failure)).isEqualTo("TRANSACTION_OUT_OF_ORDER");
            }
        }
        // Then: nobody holds the row's key, either
        write(only(insert("orders", "id", 610)));
        write(only(data(WriteMode.WRITE_MODE_DELETE, "orders", "id", 610)));
        assertThat(messages("left")).isZero();
        awaitNoneOpen();
    }

    @Test
    void aClientThatGoesAwayWhileAStatementWaitsEndsIt() {
        // Given: somebody holds the key
        Transacting holder = Transacting.begin(client, "transact");
        holder.write(insert("orders", "id", 620), null);
        Transacting waiting = Transacting.begin(client, "transact");
        waiting.write(insert("orders", "id", 621), null);
        waiting.send(Transacting.request(insert("orders", "id", 620), null));
        String blocked =
                "SELECT count(*) FROM pg_stat_activity WHERE application_name ="
                        + " 'prism-interactive' AND wait_event_type = 'Lock'";
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> sql.number(blocked) == 1);
        // When
        waiting.close();
        // Then
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> sql.number(blocked) == 0);
        write(only(insert("orders", "id", 621)));
        assertThat(holder.commit().hasCommitted()).isTrue();
        awaitNoneOpen();
    }

    private static void awaitNoneOpen() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () ->
                                assertThat(prism.metrics())
                                        .contains(
                                                "prism_transactions_open{kind=\"interactive\"}"
                                                        + " 0.0"));
    }

    @Test
    void moreOpenTransactionsThanAllowedAreRefusedAndHoldUpNobodyElse() {
        List<Transacting> open = new ArrayList<>();
        try {
            Throwable refused = null;
            for (int i = 0; i < 20 && refused == null; i++) {
                Transacting stream = Transacting.open(client, "transact");
                open.add(stream);
                refused =
                        catchThrowable(
                                () ->
                                        stream.ask(
                                                TransactionRequest.newBuilder()
                                                        .setBegin(
                                                                TransactionBegin
                                                                        .getDefaultInstance())
                                                        .build()));
            }
            assertThat(open).hasSize(9);
            Throwable overloaded = Objects.requireNonNull(refused);
            assertThat(TestClient.reason(overloaded)).isEqualTo("OVERLOADED");
            assertThat(Status.fromThrowable(overloaded).getCode())
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(retryInfo(overloaded)).isTrue();
            write(only(insert("orders", "id", 630)));
        } finally {
            open.forEach(Transacting::close);
        }
        awaitNoneOpen();
    }

    private static boolean retryInfo(Throwable failure) {
        return StatusProto.fromThrowable(failure).getDetailsList().stream()
                .anyMatch(detail -> detail.is(RetryInfo.class));
    }

    @Test
    void aSerializationConflictIsAbortedWithRetryInfo() {
        sql.run("CREATE TABLE doctors (id int PRIMARY KEY, on_call int)");
        sql.run("INSERT INTO doctors VALUES (1, 1), (2, 1)");
        create("doctors", "tables: [doctors]", "table: doctors_outbox", "");
        TransactionOptions repeatable =
                TransactionOptions.newBuilder()
                        .setIsolation(IsolationLevel.ISOLATION_LEVEL_REPEATABLE_READ)
                        .build();
        try (Transacting first = Transacting.begin(client, "doctors", repeatable);
                Transacting second = Transacting.begin(client, "doctors", repeatable)) {
            first.write(data(WriteMode.WRITE_MODE_UPDATE, "doctors", "id", 1, "on_call", 2), null);
            second.write(data(WriteMode.WRITE_MODE_UPDATE, "doctors", "id", 2, "on_call", 2), null);
            assertThat(first.commit().hasCommitted()).isTrue();
            Throwable conflict =
                    catchThrowable(
                            () ->
                                    second.write(
                                            data(
                                                    WriteMode.WRITE_MODE_UPDATE,
                                                    "doctors",
                                                    "id",
                                                    1,
                                                    "on_call",
                                                    3),
                                            message("doctors", "x")));
            assertThat(TestClient.reason(conflict)).isEqualTo("TRANSACTION_CONFLICT");
            assertThat(Status.fromThrowable(conflict).getCode()).isEqualTo(Status.Code.ABORTED);
            assertThat(retryInfo(conflict)).isTrue();
        }
        assertThat(sql.column("SELECT on_call FROM doctors ORDER BY id")).containsExactly("2", "1");
        assertThat(sql.column("SELECT id FROM doctors_outbox")).isEmpty();
    }

    @Test
    void aDeadlockAbortsOneOfTheTwo() throws Exception {
        write(only(insert("orders", "id", 640)));
        write(only(insert("orders", "id", 641)));
        try (Transacting first = Transacting.begin(client, "transact");
                Transacting second = Transacting.begin(client, "transact")) {
            first.write(data(WriteMode.WRITE_MODE_UPDATE, "orders", "id", 640, "total", 1), null);
            second.write(data(WriteMode.WRITE_MODE_UPDATE, "orders", "id", 641, "total", 1), null);
            first.send(
                    Transacting.request(
                            data(WriteMode.WRITE_MODE_UPDATE, "orders", "id", 641, "total", 2),
                            null));
            second.send(
                    Transacting.request(
                            data(WriteMode.WRITE_MODE_UPDATE, "orders", "id", 640, "total", 2),
                            null));
            List<Throwable> outcomes =
                    Arrays.asList(catchThrowable(first::answer), catchThrowable(second::answer));
            assertThat(outcomes).filteredOn(failure -> failure == null).hasSize(1);
            Throwable failed =
                    outcomes.stream().filter(failure -> failure != null).findFirst().orElseThrow();
            assertThat(TestClient.reason(failed)).isEqualTo("TRANSACTION_CONFLICT");
        }
    }

    @Test
    void aTransactionThatTakesTooLongIsRolledBack() {
        try (Transacting holder = Transacting.begin(client, "transact")) {
            holder.write(insert("orders", "id", 650), null);
            WriteRequest waits =
                    both(insert("orders", "id", 650), message("orders", "late")).toBuilder()
                            .setOptions(
                                    TransactionOptions.newBuilder()
                                            .setTimeout(
                                                    com.google.protobuf.Duration.newBuilder()
                                                            .setNanos(300_000_000)))
                            .build();
            Throwable late = catchThrowable(() -> write(waits));
            assertThat(TestClient.reason(late)).isEqualTo("TRANSACTION_TIMEOUT");
            assertThat(Status.fromThrowable(late).getCode())
                    .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        }
        TransactionOptions brief =
                TransactionOptions.newBuilder()
                        .setTimeout(com.google.protobuf.Duration.newBuilder().setNanos(300_000_000))
                        .build();
        Throwable tooSlow =
                catchThrowable(
                        () -> {
                            try (Transacting slow = Transacting.begin(client, "transact", brief)) {
                                slow.answer();
                            }
                        });
        assertThat(TestClient.reason(tooSlow)).isEqualTo("TRANSACTION_TIMEOUT");
        WriteRequest endless =
                only(insert("orders", "id", 651)).toBuilder()
                        .setOptions(
                                TransactionOptions.newBuilder()
                                        .setTimeout(
                                                com.google.protobuf.Duration.newBuilder()
                                                        .setSeconds(3_600)))
                        .build();
        assertThat(reason(endless)).isEqualTo("FIELD_INVALID");
    }

    @Test
    void aNamespaceWithoutAnOutboxTakesRowsOnly() {
        client.create(
                """
                namespaces:
                  - name: rows-only
                    client_api: transact
                    tables: [orders]
                """);
        client.transact("rows-only").write(only(insert("orders", "id", 660)));
        Throwable failure =
                catchThrowable(
                        () ->
                                client.transact("rows-only")
                                        .write(
                                                both(
                                                        insert("orders", "id", 661),
                                                        message("orders", "x"))));
        assertThat(TestClient.reason(failure)).isEqualTo("PATTERN_NOT_AVAILABLE");
        assertThat(failure).hasMessageContaining("add the outbox pattern");
        assertThat(orders("id IN (660, 661)")).isEqualTo(1);
    }

    @Test
    void declarationsThatCannotBeMetAreRefused() {
        for (String wrong :
                List.of(
                        "{name: bad, client_api: pubsub, tables: [orders]}",
                        "{name: bad, client_api: transact, tables: [outbox], patterns: [{type:"
                                + " outbox}]}",
                        "{name: bad, client_api: transact, tables: [prism_idempotency]}",
                        "{name: bad, client_api: transact, tables: [pg_catalog.pg_authid]}",
                        "{name: bad, client_api: transact, tables: ['orders; DROP TABLE x']}",
                        "{name: bad, client_api: transact, tables: [orders], backend: kafka}",
                        "{name: bad, client_api: transact, backend: {type: postgres, database:"
                                + " shop}, patterns: [{type: outbox, database: other}]}")) {
            Throwable failure = catchThrowable(() -> client.create("namespaces: [" + wrong + "]"));
            assertThat(TestClient.reason(failure)).as(wrong).isEqualTo("NAMESPACE_INVALID");
        }
    }
}
