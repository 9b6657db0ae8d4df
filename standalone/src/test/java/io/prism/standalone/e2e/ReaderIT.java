package io.prism.standalone.e2e;

import static io.prism.standalone.e2e.Reading.all;
import static io.prism.standalone.e2e.Reading.ascending;
import static io.prism.standalone.e2e.Reading.descending;
import static io.prism.standalone.e2e.Reading.get;
import static io.prism.standalone.e2e.Reading.is;
import static io.prism.standalone.e2e.Reading.key;
import static io.prism.standalone.e2e.Reading.pages;
import static io.prism.standalone.e2e.Reading.text;
import static io.prism.standalone.e2e.Reading.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Context;
import io.grpc.Status;
import io.prism.v1.CountRequest;
import io.prism.v1.DataWrite;
import io.prism.v1.Filter;
import io.prism.v1.GetRequest;
import io.prism.v1.GetResponse;
import io.prism.v1.Operator;
import io.prism.v1.Page;
import io.prism.v1.QueryRequest;
import io.prism.v1.ReadRequest;
import io.prism.v1.ReaderServiceGrpc;
import io.prism.v1.Row;
import io.prism.v1.ServedBy;
import io.prism.v1.Sort;
import io.prism.v1.WriteRequest;
import io.prism.v1.WriteResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of tables and views: values, pages, positions, and everything a caller could try. */
final class ReaderIT {
    private static final List<String> ATTACKS =
            List.of(
                    "secrets",
                    "orders; DROP TABLE secrets",
                    "orders\" WHERE true; DROP TABLE secrets; --",
                    "id\", (SELECT word FROM secrets) AS \"id",
                    "id) OR 1=1; DROP TABLE secrets; --",
                    "' OR '1'='1",
                    "'; DELETE FROM secrets; --",
                    "$1",
                    "?",
                    "id::text",
                    "ctid",
                    "*",
                    "\\",
                    "\"",
                    "pg_catalog.pg_authid",
                    "id\n; SELECT 1",
                    "/* */ id");

    @SuppressWarnings("NullAway.Init")
    private static LoneGateway prism;

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @SuppressWarnings("NullAway.Init")
    private static SqlLooker sql;

    @BeforeAll
    static void setUp() throws IOException {
        prism = LoneGateway.start(Map.of(), Duration.ofSeconds(5));
        client = prism.client();
        sql = prism.database("postgres");
        sql.run(
                """
                CREATE TYPE mood AS ENUM ('sad', 'happy');
                CREATE DOMAIN cents AS bigint;
                CREATE TABLE kinds (
                    id bigint PRIMARY KEY, small smallint, whole int, cents cents, amount numeric,
                    scaled numeric(20, 6), single float4, twice float8, flag boolean, words text,
                    short varchar(20), padded char(5), raw bytea, doc json, docb jsonb, ref uuid,
                    zoned timestamptz, local timestamp, day date, hour time, span interval, how mood,
                    address inet, whole_list int[], text_list text[], zoned_list timestamptz[],
                    doc_list jsonb[], grid int[][], big_list bigint[], raw_list bytea[]
                );
                CREATE TABLE kinds_copy (LIKE kinds INCLUDING ALL);
                CREATE TABLE orders (
                    id bigint PRIMARY KEY, status text, total numeric(12, 2), placed timestamptz,
                    note text
                );
                CREATE TABLE lines (
                    order_id bigint, line int, amount int, PRIMARY KEY (order_id, line)
                );
                CREATE TABLE secrets (id int PRIMARY KEY, word text);
                INSERT INTO secrets VALUES (1, 'quiet');
                CREATE VIEW totals AS SELECT status, count(*) AS orders FROM orders GROUP BY status;
                CREATE VIEW slow AS SELECT g AS id, pg_sleep(30)::text AS nap
                    FROM generate_series(1, 3) g;
                CREATE FUNCTION shout() RETURNS text LANGUAGE sql VOLATILE AS
                    $$ UPDATE secrets SET word = 'loud' RETURNING word $$;
                CREATE VIEW loud AS SELECT 1 AS id, shout() AS word;
                CREATE TABLE long (id int PRIMARY KEY, filler text);
                INSERT INTO long SELECT g, repeat(md5(g::text), 32) FROM generate_series(1, 50000) g;
                CREATE TABLE wide (id int PRIMARY KEY, filler text);
                INSERT INTO wide SELECT g, repeat('x', 400000) FROM generate_series(1, 12) g;
                CREATE TABLE changing (id int PRIMARY KEY, a text, b text);
                INSERT INTO changing VALUES (1, 'a', 'b')\
                """);
        client.create(
                """
                namespaces:
                  - name: reads
                    client_api: reader
                    collections: [kinds, kinds_copy, orders, lines, totals(status), slow(id),
                                  loud(id), long, wide, changing, missing]
                    backend: {type: postgres, database: postgres}
                  - name: other-reads
                    client_api: reader
                    collections: [orders, lines]
                    backend: {type: postgres, database: postgres}
                  - name: writes
                    client_api: transact
                    tables: [orders, lines, kinds_copy]
                    backend: {type: postgres, database: postgres}
                """);
    }

    @AfterAll
    static void tearDown() {
        sql.close();
        prism.close();
    }

    private static GetResponse read(GetRequest request) {
        return client.reader("reads").get(request);
    }

    private static String reason(Runnable call) {
        return TestClient.reason(catchThrowable(call::run));
    }

    private static List<Page> readPages(String namespace, ReadRequest request) {
        List<Page> pages = new ArrayList<>();
        client.reader(namespace).read(request).forEachRemaining(pages::add);
        return pages;
    }

    /** Each page from the cursor of the one before. */
    private static List<Page> onePageACall(String namespace, ReadRequest request) {
        List<Page> pages = new ArrayList<>();
        String cursor = "";
        do {
            pages.addAll(
                    readPages(
                            namespace,
                            request.toBuilder().setCursor(cursor).setMaxPages(1).build()));
            cursor = pages.getLast().getNextCursor();
        } while (!cursor.isEmpty());
        return pages;
    }

    private static List<String> ids(List<Page> pages, String column) {
        return pages.stream()
                .flatMap(page -> page.getRowsList().stream())
                .map(row -> text(row, column))
                .toList();
    }

    // --- values

    @Test
    void valuesKeepEveryDigitAndCanBeWrittenBack() {
        // Given
        sql.run(
                """
                INSERT INTO kinds VALUES
                (1, -32768, 2147483647, 9223372036854775807, 123456789012345678901234567890.123456789,
                 1.5, 0.1, 0.30000000000000004, true, E'zażółć\\n"\\\\\\'', 'short', 'ab',
                 '\\x00ff10', '{"b": 1,  "a": 12345678901234567890.5}', '{"a": 12345678901234567890}',
                 '3f2504e0-4f89-11d3-9a0c-0305e82c3301', '2026-01-31 13:00:00.123456+01',
                 '2026-01-31 12:00:00.1', '2026-01-31', '23:59:59.999999', '1 year 2 days 03:04:05.6',
                 'happy', '10.0.0.1/8', '{1,NULL,3}', '{a,"b,c","d\\"e",NULL,"NULL",""}',
                 '{"2026-01-31 13:00:00+01"}', ARRAY['{"a": 1}'::jsonb, '"x,y"'], '{{1,2},{3,4}}',
                 '{9007199254740993}', ARRAY['\\x01'::bytea]),
                (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                 NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                 NULL, NULL),
                (-9223372036854775808, 0, -1, -1, -0.000000000000000000001, 'NaN', 'Infinity',
                 '-Infinity', false, '', '', '', '', 'null', 'null',
                 '00000000-0000-0000-0000-000000000000', 'infinity', '-infinity', '0044-03-15 BC',
                 '00:00', '-1 mon', 'sad', '::1', '{}', '{}', '{}', '{}', '{}', '{}', '{}'),
                (4, 1, 1, 1, 1e40, 1.10, 1e-40, 5e-324, true, ' x ', ' x ', ' x', '\\x61', '"text"',
                 '"text"', '3f2504e0-4f89-11d3-9a0c-0305e82c3301', '0044-03-15 12:00:00+00 BC',
                 '2026-01-31', '9999-12-31', '12:00', '0', 'sad', '2001:db8::/32', '[0:1]={5,6}',
                 '{" "}', '{}', '{}', '{}', '{}', '{}')\
                """);
        // When
        for (String id : List.of("1", "2", "-9223372036854775808", "4")) {
            Row row = read(get("kinds", id)).getRow();
            assertThat(row.getValuesCount()).isEqualTo(30);
            client.transact("writes")
                    .write(
                            WriteRequest.newBuilder()
                                    .setData(
                                            DataWrite.newBuilder()
                                                    .setTable("kinds_copy")
                                                    .setRecord(
                                                            Struct.newBuilder()
                                                                    .putAllFields(
                                                                            row.getValuesMap())))
                                    .build());
            assertThat(read(get("kinds_copy", id)).getRow().getValuesMap())
                    .isEqualTo(row.getValuesMap());
        }
        // Then: texts, as some types have no equality; json's spaces are kept, too
        assertThat(
                        sql.number(
                                "SELECT count(*) FROM kinds a JOIN kinds_copy b USING (id)"
                                        + " WHERE replace(a::text, '[0:1]=', '') = b::text"))
                .isEqualTo(4);
        Map<String, Value> row = read(get("kinds", 1)).getRow().getValuesMap();
        assertThat(row)
                .containsEntry("id", value("1"))
                .containsEntry("small", value(-32768))
                .containsEntry("cents", value("9223372036854775807"))
                .containsEntry("amount", value("123456789012345678901234567890.123456789"))
                .containsEntry("scaled", value("1.500000"))
                .containsEntry("twice", value(0.30000000000000004))
                .containsEntry("flag", value(true))
                .containsEntry("padded", value("ab   "))
                .containsEntry("raw", value("AP8Q"))
                .containsEntry("doc", value("{\"b\": 1,  \"a\": 12345678901234567890.5}"))
                .containsEntry("zoned", value("2026-01-31T12:00:00.123456Z"))
                .containsEntry("local", value("2026-01-31T12:00:00.1"))
                .containsEntry("whole_list", value(Arrays.asList(1, null, 3)))
                .containsEntry(
                        "text_list", value(Arrays.asList("a", "b,c", "d\"e", null, "NULL", "")))
                .containsEntry("zoned_list", value(List.of("2026-01-31T12:00:00Z")))
                .containsEntry("grid", value(List.of(List.of(1, 2), List.of(3, 4))))
                .containsEntry("big_list", value(List.of("9007199254740993")))
                .containsEntry("raw_list", value(List.of("AQ==")));
        assertThat(read(get("kinds", 2)).getRow().getValuesMap())
                .containsEntry("amount", value(null))
                .containsEntry("text_list", value(null));
        assertThat(read(get("kinds", "-9223372036854775808")).getRow().getValuesMap())
                .containsEntry("single", value("Infinity"))
                .containsEntry("zoned", value("infinity"))
                .containsEntry("doc", value("null"));
        assertThat(read(get("kinds", 4)).getRow().getValuesMap())
                .containsEntry("zoned", value("0044-03-15 12:00:00+00 BC"));
    }

    @Test
    void everyKindOfValueCanBeAFiltersAndASorts() {
        sql.run(
                "INSERT INTO kinds (id, zoned, amount, raw, ref, doc, docb, how, span, padded,"
                        + " whole_list, single) VALUES (77, '2001-02-03 04:05:06.789+02', 77.70,"
                        + " '\\x4d', '77777777-0000-0000-0000-000000000000', '{\"a\": 77}',"
                        + " '{\"a\": 77, \"b\": 1}', 'happy', '77 days', 'se', '{7,77}', 0.7)");
        Row row = read(get("kinds", 77)).getRow();
        for (String column :
                List.of(
                        "zoned",
                        "amount",
                        "raw",
                        "ref",
                        "doc",
                        "docb",
                        "span",
                        "padded",
                        "single",
                        "whole_list")) {
            var filter =
                    Reading.and(
                            List.of(
                                    is("id", Operator.OPERATOR_EQUALS, 77),
                                    is(
                                            column,
                                            Operator.OPERATOR_EQUALS,
                                            row.getValuesOrThrow(column))));
            Iterator<Row> found = client.reader("reads").query(Reading.query("kinds", filter));
            assertThat(found.hasNext()).as(column).isTrue();
            assertThat(found.next()).isEqualTo(row);
            if (!column.equals("doc")) {
                assertThat(ids(readPages("reads", pages("kinds", 2, descending(column))), "id"))
                        .as(column)
                        .contains("77")
                        .doesNotHaveDuplicates();
            }
        }
        assertThat(count("kinds", is("docb", Operator.OPERATOR_CONTAINS, "{\"a\": 77}")))
                .isEqualTo(1);
        assertThat(count("kinds", is("whole_list", Operator.OPERATOR_CONTAINS, 77))).isEqualTo(1);
        assertThat(reason(() -> readPages("reads", pages("kinds", 2, ascending("doc")))))
                .as("json has no order")
                .isEqualTo("FILTER_INVALID");
    }

    private static long count(String collection, Filter filter) {
        return client.reader("reads")
                .count(
                        CountRequest.newBuilder()
                                .setCollection(collection)
                                .setFilter(filter)
                                .build())
                .getCount();
    }

    // --- one row

    @Test
    void aRowIsFoundByItsKeyOrItIsNot() {
        sql.run("INSERT INTO orders VALUES (9007199254740993, 'open', 9.90, now(), NULL)");
        sql.run("INSERT INTO lines VALUES (1, 2, 3)");
        Instant before = Instant.now().minusMillis(1);
        GetResponse order = read(get("orders", "9007199254740993", "total", "id"));
        assertThat(order.getFound()).isTrue();
        assertThat(order.getRow().getValuesMap())
                .isEqualTo(Map.of("total", value("9.90"), "id", value("9007199254740993")));
        assertThat(order.getServedBy()).isEqualTo(ServedBy.SERVED_BY_DATABASE);
        assertThat(Instant.ofEpochSecond(order.getAsOf().getSeconds(), order.getAsOf().getNanos()))
                .isBetween(before, Instant.now());
        assertThat(order.getPosition()).startsWith("pg:");
        GetResponse none = read(get("public.orders", 404));
        assertThat(none.getFound()).isFalse();
        assertThat(none.hasRow()).isFalse();
        GetRequest line =
                GetRequest.newBuilder()
                        .setCollection("lines")
                        .setId(key("order_id", "1", "line", 2))
                        .build();
        assertThat(read(line).getRow().getValuesOrThrow("amount")).isEqualTo(value(3));
        assertThat(read(line.toBuilder().setId(key("order_id", "1", "line", 3)).build()).getFound())
                .isFalse();
        assertThat(read(get("totals", "open")).getRow().getValuesOrThrow("orders"))
                .isNotEqualTo(value("0"));
    }

    @Test
    void aVersionChangesWithTheRow() {
        sql.run("INSERT INTO orders VALUES (500, 'open', 1, now(), NULL)");
        String first = read(get("orders", 500)).getRow().getVersion();
        assertThat(read(get("orders", 500)).getRow().getVersion()).isEqualTo(first).isNotEmpty();
        sql.run("UPDATE orders SET total = 2 WHERE id = 500");
        assertThat(read(get("orders", 500)).getRow().getVersion()).isNotEqualTo(first);
        assertThat(read(get("totals", "open")).getRow().getVersion()).isEmpty();
    }

    @Test
    void whatDoesNotFitIsRefusedWithItsPlace() {
        Throwable collection = catchThrowable(() -> read(get("order", 1)));
        assertThat(TestClient.reason(collection)).isEqualTo("COLLECTION_UNKNOWN");
        assertThat(collection).hasMessageContaining("did you mean `orders`?");
        Throwable missing = catchThrowable(() -> read(get("missing", 1)));
        assertThat(TestClient.reason(missing)).isEqualTo("COLLECTION_UNKNOWN");
        assertThat(missing).hasMessageContaining("does not have it");
        assertThat(catchThrowable(() -> read(get("orders", 1, "totl"))))
                .hasMessageContaining("did you mean `total`?");
        assertThat(reason(() -> read(get("orders", 1.5)))).isEqualTo("VALUE_INVALID");
        assertThat(reason(() -> read(get("orders", null)))).isEqualTo("VALUE_INVALID");
        assertThat(reason(() -> read(get("orders", "99999999999999999999"))))
                .isEqualTo("VALUE_INVALID");
        assertThat(reason(() -> read(get("lines", 1)))).isEqualTo("VALUE_INVALID");
        assertThat(reason(() -> read(get("lines", key("order_id", 1))))).isEqualTo("VALUE_INVALID");
        assertThat(reason(() -> read(get("lines", key("order_id", 1, "line", 1, "amount", 1)))))
                .isEqualTo("VALUE_INVALID");
        assertThat(reason(() -> client.transact("reads").write(WriteRequest.getDefaultInstance())))
                .isEqualTo("API_MISMATCH");
        assertThat(reason(() -> client.reader("writes").get(get("orders", 1))))
                .isEqualTo("API_MISMATCH");
        assertThat(reason(() -> client.reader("other-reads").get(get("kinds", 1))))
                .isEqualTo("COLLECTION_UNKNOWN");
        assertThat(reason(() -> readPages("reads", pages("orders", 1001))))
                .isEqualTo("FIELD_INVALID");
    }

    @Test
    void aTableMayChangeWhileItIsRead() {
        assertThat(read(get("changing", 1)).getRow().getValuesMap())
                .containsOnlyKeys("id", "a", "b");
        sql.run("ALTER TABLE changing DROP COLUMN b, ADD COLUMN c int DEFAULT 7");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .untilAsserted(
                        () ->
                                assertThat(read(get("changing", 1)).getRow().getValuesMap())
                                        .containsOnlyKeys("id", "a", "c"));
        sql.run("ALTER TABLE changing ALTER COLUMN a TYPE int USING 5");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .untilAsserted(
                        () ->
                                assertThat(read(get("changing", 1)).getRow().getValuesOrThrow("a"))
                                        .isEqualTo(value(5)));
    }

    // --- how new a row is

    @Test
    void oneReadsOnesOwnWrites() {
        String last = "";
        for (int i = 0; i < 50; i++) {
            WriteResponse written =
                    client.transact("writes")
                            .write(
                                    WriteRequest.newBuilder()
                                            .setData(
                                                    Transacting.insert(
                                                            "orders", "id", 600 + i, "status",
                                                            "own"))
                                            .build());
            GetResponse read =
                    read(
                            get("orders", 600 + i).toBuilder()
                                    .setMinPosition(written.getPosition())
                                    .build());
            assertThat(read.getFound()).isTrue();
            last = written.getPosition();
        }
        long reached = lsn(last);
        Awaitility.await("nothing else is being written")
                .untilAsserted(
                        () ->
                                assertThat(lsn(read(get("orders", 600)).getPosition()))
                                        .isGreaterThanOrEqualTo(reached));
    }

    private static long lsn(String position) {
        int slash = position.indexOf('/');
        return Long.parseLong(position, "pg:".length(), slash, 16) << 32
                | Long.parseLong(position, slash + 1, position.length(), 16);
    }

    @Test
    void aPositionDoesNotReachAWriteThatTheRowLacks() {
        sql.run("INSERT INTO orders VALUES (700, 'old', 1, now(), NULL)");
        assertThat(read(get("orders", 700)).getFound()).isTrue();
        try (SqlLooker writer = prism.database("postgres")) {
            // Given: a transaction that has told its position, and is not committed
            writer.run("BEGIN");
            String told =
                    writer.one(
                            "UPDATE orders SET status = 'new' WHERE id = 700"
                                    + " RETURNING pg_current_wal_insert_lsn()");
            sql.run("INSERT INTO orders VALUES (701, 'later', 1, now(), NULL)");
            // When
            GetResponse lacking = read(get("orders", 700));
            // Then
            assertThat(text(lacking.getRow(), "status")).isEqualTo("old");
            assertThat(lsn(lacking.getPosition())).isLessThan(lsn("pg:" + told));
            writer.run("COMMIT");
            GetResponse whole = read(get("orders", 700));
            assertThat(text(whole.getRow(), "status")).isEqualTo("new");
            Awaitility.await("nothing else is being written")
                    .untilAsserted(
                            () ->
                                    assertThat(lsn(read(get("orders", 700)).getPosition()))
                                            .isGreaterThan(lsn("pg:" + told)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka:0:17",
                "pg:",
                "pg:0/0; DROP TABLE secrets",
                "pg:FFFFFFFF/FFFFFFFF",
                "x"
            })
    void aPositionOfSomethingElseIsRefused(String position) {
        assertThat(
                        reason(
                                () ->
                                        read(
                                                get("orders", 1).toBuilder()
                                                        .setMinPosition(position)
                                                        .build())))
                .isEqualTo("POSITION_INVALID");
        assertThat(
                        reason(
                                () ->
                                        readPages(
                                                "reads",
                                                pages("orders", 1).toBuilder()
                                                        .setMinPosition(position)
                                                        .build())))
                .isEqualTo("POSITION_INVALID");
        assertThat(
                        reason(
                                () ->
                                        client.reader("reads")
                                                .query(
                                                        all("orders").toBuilder()
                                                                .setMinPosition(position)
                                                                .build())
                                                .forEachRemaining(row -> {})))
                .isEqualTo("POSITION_INVALID");
    }

    // --- pages

    @Test
    void pagesHaveEachRowOnceWhileOthersComeAndGo() throws Exception {
        // Given
        sql.run(
                """
                CREATE TABLE busy (id bigint PRIMARY KEY, rank int, word text);
                INSERT INTO busy SELECT g * 10, g % 7, 'stays' FROM generate_series(1, 1050) g\
                """);
        client.create(
                """
                namespaces:
                  - name: busy-reads
                    client_api: reader
                    collections: busy
                    backend: {type: postgres, database: postgres}
                """);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong rounds = new AtomicLong();
        CompletableFuture<Void> churn =
                CompletableFuture.runAsync(
                        () -> {
                            try (SqlLooker other = prism.database("postgres")) {
                                while (!stop.get()) {
                                    int at = (int) (rounds.getAndIncrement() % 1050);
                                    other.run(
                                            "INSERT INTO busy VALUES (%d, %d, 'goes')"
                                                    .formatted(at * 10 + 5, at % 7));
                                    other.run(
                                            "DELETE FROM busy WHERE word = 'goes' AND id < %d"
                                                    .formatted(at * 10 - 200));
                                    if (at == 1049) {
                                        other.run("DELETE FROM busy WHERE word = 'goes'");
                                    }
                                }
                            }
                        });
        List<Sort[]> orders =
                List.of(
                        new Sort[] {},
                        new Sort[] {descending("id")},
                        new Sort[] {ascending("rank")},
                        new Sort[] {descending("rank"), ascending("word")});
        try {
            for (int call = 0;
                    call < orders.size() || (rounds.get() <= 50 && !churn.isDone());
                    call++) {
                Sort[] sorts = orders.get(call % orders.size());
                // When: a call for each page, so that much changes in between
                List<Page> pages = onePageACall("busy-reads", pages("busy", 100, sorts));
                // Then
                List<String> stayed =
                        pages.stream()
                                .flatMap(page -> page.getRowsList().stream())
                                .filter(row -> text(row, "word").equals("stays"))
                                .map(row -> text(row, "id"))
                                .toList();
                assertThat(stayed).doesNotHaveDuplicates().hasSize(1050);
                assertThat(ids(pages, "id")).doesNotHaveDuplicates();
                assertThat(pages.size()).isGreaterThanOrEqualTo(11);
                assertThat(pages).allMatch(page -> page.getRowsCount() <= 100);
                assertThat(pages.getLast().getNextCursor()).isEmpty();
            }
        } finally {
            stop.set(true);
        }
        churn.get(60, TimeUnit.SECONDS);
        assertThat(rounds.get()).isGreaterThan(50);
    }

    @ParameterizedTest
    @CsvSource({
        "rank, false",
        "rank, true",
        "word, false",
        "word, true",
        "ratio, false",
        "ratio, true"
    })
    void pagesGoOnBehindNullsAndEquals(String column, boolean descending) {
        String table = "nulls_" + column + "_" + descending;
        sql.run(
                """
                CREATE TABLE %s (id bigint PRIMARY KEY, rank int, word text, ratio float8);
                INSERT INTO %1$s SELECT g, nullif(g %% 4, 0), CASE WHEN g %% 3 > 0 THEN 'w' || g %% 5 END,
                    CASE g %% 6 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' WHEN 2 THEN '-Infinity'
                        ELSE (g %% 2)::float8 / 3 END FROM generate_series(1, 100) g\
                """
                        .formatted(table));
        client.create(
                """
                namespaces:
                  - name: %s
                    client_api: reader
                    collections: %1$s
                    backend: {type: postgres, database: postgres}
                """
                        .formatted(table));
        Sort first = descending ? descending(column) : ascending(column);
        String direction = descending ? " DESC" : "";
        for (Sort second : List.of(ascending("id"), descending("id"))) {
            boolean down = second.equals(descending("id"));
            List<String> expected =
                    sql.column(
                            "SELECT id FROM "
                                    + table
                                    + " ORDER BY "
                                    + column
                                    + direction
                                    + ", id"
                                    + (down ? " DESC" : ""));
            for (int size : List.of(1, 7, 100)) {
                assertThat(ids(onePageACall(table, pages(table, size, first, second)), "id"))
                        .isEqualTo(expected);
                assertThat(ids(readPages(table, pages(table, size, first, second)), "id"))
                        .as("all at once")
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aPageIsBoundedInBytesToo() {
        List<Page> pages = readPages("reads", pages("wide", 100));
        assertThat(pages.size()).isGreaterThan(3);
        assertThat(pages).allMatch(page -> page.getSerializedSize() < 1_200_000);
        assertThat(pages.stream().mapToInt(Page::getRowsCount).sum()).isEqualTo(12);
        List<Page> narrow =
                readPages("reads", pages("wide", 100).toBuilder().addFields("id").build());
        assertThat(narrow).hasSize(1);
    }

    @Test
    void aCursorIsGoodForItsQueryAlone() {
        sql.run("INSERT INTO orders SELECT g, 'c' FROM generate_series(1000, 1010) g");
        ReadRequest request =
                pages("orders", 3, ascending("status")).toBuilder()
                        .setFilter(is("status", Operator.OPERATOR_EQUALS, "c"))
                        .setMaxPages(1)
                        .build();
        Page first = readPages("reads", request).getFirst();
        String cursor = first.getNextCursor();
        ReadRequest next = request.toBuilder().setCursor(cursor).build();
        assertThat(ids(readPages("reads", next), "id")).containsExactly("1003", "1004", "1005");
        assertThat(
                        readPages("reads", next.toBuilder().setPageSize(1).addFields("id").build())
                                .getFirst()
                                .getRows(0)
                                .getValuesMap())
                .as("size and fields may change")
                .isEqualTo(Map.of("id", value("1003")));
        Map<String, ReadRequest> others = new HashMap<>();
        others.put("filter", next.toBuilder().clearFilter().build());
        others.put(
                "value",
                next.toBuilder().setFilter(is("status", Operator.OPERATOR_EQUALS, "d")).build());
        others.put("sort", next.toBuilder().clearSort().addSort(descending("status")).build());
        others.put(
                "collection",
                next.toBuilder().setCollection("long").clearFilter().clearSort().build());
        String altered = (cursor.startsWith("A") ? "B" : "A") + cursor.substring(1);
        others.put("altered", next.toBuilder().setCursor(altered).build());
        others.put("cut", next.toBuilder().setCursor(cursor.substring(4)).build());
        others.forEach(
                (what, other) ->
                        assertThat(reason(() -> readPages("reads", other)))
                                .as(what)
                                .isEqualTo("CURSOR_INVALID"));
        assertThat(reason(() -> readPages("other-reads", next))).isEqualTo("CURSOR_INVALID");
    }

    @Test
    void aViewWithoutAKeyCanBeQueriedOnly() {
        client.create(
                """
                namespaces:
                  - name: keyless
                    client_api: reader
                    collections: totals
                    backend: {type: postgres, database: postgres}
                """);
        assertThat(reason(() -> client.reader("keyless").get(get("totals", "open"))))
                .isEqualTo("FIELD_INVALID");
        assertThat(reason(() -> readPages("keyless", pages("totals", 10))))
                .isEqualTo("FIELD_INVALID");
        sql.run("INSERT INTO orders VALUES (800, 'seen', 1, now(), NULL)");
        assertThat(client.reader("keyless").query(all("totals")).hasNext()).isTrue();
        assertThat(ids(readPages("reads", pages("totals", 1)), "status")).contains("seen");
    }

    // --- queries

    @Test
    void aQueryIsStreamedAndGivenUpWithItsCaller() {
        Iterator<Row> rows = client.reader("reads").query(all("long"));
        long count = 0;
        while (rows.hasNext()) {
            assertThat(text(rows.next(), "filler")).hasSize(1024);
            count++;
        }
        assertThat(count).isEqualTo(50_000);
        assertThat(
                        count(
                                client.reader("reads")
                                        .query(all("long").toBuilder().setLimit(123).build())))
                .isEqualTo(123);
        Context.CancellableContext context = Context.current().withCancellation();
        Context before = context.attach();
        try {
            assertThat(client.reader("reads").query(all("long")).next()).isNotNull();
            // A slow caller holds its connection, and nobody else.
            assertThat(metric("prism_reads_open{kind=\"query\"}")).isEqualTo(1);
            assertThat(read(get("long", 1)).getFound()).isTrue();
        } finally {
            context.detach(before);
            context.cancel(null);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(metric("prism_reads_open{kind=\"query\"}")).isZero());
    }

    private static long count(Iterator<Row> rows) {
        long count = 0;
        while (rows.hasNext()) {
            rows.next();
            count++;
        }
        return count;
    }

    private static double metric(String name) {
        return prism.metrics()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name));
    }

    @Test
    void aCallsDeadlineIsItsStatements() {
        for (Runnable call :
                List.<Runnable>of(
                        () ->
                                client.reader("reads")
                                        .withDeadlineAfter(600, TimeUnit.MILLISECONDS)
                                        .get(get("slow", 1)),
                        () ->
                                client.reader("reads")
                                        .withDeadlineAfter(600, TimeUnit.MILLISECONDS)
                                        .query(all("slow"))
                                        .next(),
                        () ->
                                client.reader("reads")
                                        .withDeadlineAfter(600, TimeUnit.MILLISECONDS)
                                        .read(pages("slow", 10))
                                        .next())) {
            assertThat(Status.fromThrowable(catchThrowable(call::run)).getCode())
                    .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .untilAsserted(
                        () ->
                                assertThat(
                                                sql.number(
                                                        "SELECT count(*) FROM pg_stat_activity"
                                                                + " WHERE state = 'active'"
                                                                + " AND application_name IN"
                                                                + " ('prism-reader', 'prism-query')"))
                                        .isZero());
        assertThat(read(get("orders", 404)).getFound()).as("and the next call is fine").isFalse();
    }

    @Test
    void nothingIsWrittenByReading() {
        assertThat(reason(() -> read(get("loud", 1)))).isEqualTo("DATABASE_REFUSED");
        assertThat(reason(() -> client.reader("reads").query(all("loud")).next()))
                .isEqualTo("DATABASE_REFUSED");
        assertThat(sql.column("SELECT word FROM secrets")).containsExactly("quiet");
    }

    // --- attacks

    @Test
    void noTextOfACallerIsTakenForSql() {
        sql.run("INSERT INTO orders VALUES (900, 'plain', 1, now(), NULL)");
        for (String attack : ATTACKS) {
            assertThat(reason(() -> read(get(attack, 1))))
                    .as(attack)
                    .isEqualTo("COLLECTION_UNKNOWN");
            assertThat(reason(() -> count(attack, is("id", Operator.OPERATOR_EQUALS, 1))))
                    .isEqualTo("COLLECTION_UNKNOWN");
            assertThat(reason(() -> read(get("orders", 900, attack))))
                    .as(attack)
                    .isEqualTo("COLUMN_UNKNOWN");
            assertThat(reason(() -> read(get("orders", attack))))
                    .as(attack)
                    .isEqualTo("VALUE_INVALID");
            assertThat(reason(() -> read(get("lines", key("order_id", 1, attack, 1)))))
                    .isEqualTo("COLUMN_UNKNOWN");
            assertThat(reason(() -> readPages("reads", pages("orders", 10, ascending(attack)))))
                    .isEqualTo("COLUMN_UNKNOWN");
            assertThat(
                            reason(
                                    () ->
                                            readPages(
                                                    "reads",
                                                    pages("orders", 10).toBuilder()
                                                            .setCursor(attack)
                                                            .build())))
                    .isEqualTo("CURSOR_INVALID");
            assertThat(
                            reason(
                                    () ->
                                            read(
                                                    get("orders", 900).toBuilder()
                                                            .setMinPosition(attack)
                                                            .build())))
                    .isEqualTo("POSITION_INVALID");
            for (Operator operator : Operator.values()) {
                if (operator == Operator.UNRECOGNIZED
                        || operator == Operator.OPERATOR_UNSPECIFIED) {
                    continue;
                }
                boolean list =
                        operator == Operator.OPERATOR_IN || operator == Operator.OPERATOR_NOT_IN;
                Object value = list ? List.of(attack) : attack;
                assertThat(reason(() -> count("orders", is(attack, operator, value))))
                        .isEqualTo("COLUMN_UNKNOWN");
                // As a value it is a text like any other.
                long found =
                        count(
                                "orders",
                                Reading.and(
                                        List.of(
                                                is("id", Operator.OPERATOR_EQUALS, 900),
                                                is("status", operator, value))));
                assertThat(found)
                        .as("%s %s", operator, attack)
                        .isEqualTo(expected(operator, attack));
            }
        }
        assertThat(sql.column("SELECT word FROM secrets")).containsExactly("quiet");
        assertThat(sql.number("SELECT count(*) FROM orders WHERE id = 900")).isEqualTo(1);
    }

    /** So that a field that is added is tried, too. */
    @Test
    void everyStringFieldOfEveryCallMayHoldAnything() {
        // Given requests that are answered, and between them have every field there is
        sql.run("INSERT INTO lines VALUES (901, 1, 1)");
        sql.run(
                "INSERT INTO kinds (id, whole, words, docb)"
                        + " SELECT g, 1, 'w', '{\"a\": \"b\"}' FROM generate_series(901, 903) g");
        Filter filter =
                Reading.and(
                        List.of(
                                is("whole", Operator.OPERATOR_EQUALS, "1"),
                                Reading.or(
                                        List.of(
                                                is("words", Operator.OPERATOR_IN, List.of("w")),
                                                is("docb", Operator.OPERATOR_EQUALS, key("a", "b")),
                                                Reading.not(
                                                        is(
                                                                "id",
                                                                Operator.OPERATOR_LESS_THAN,
                                                                "901"))))));
        ReadRequest read =
                ReadRequest.newBuilder()
                        .setCollection("kinds")
                        .setFilter(filter)
                        .addSort(ascending("words"))
                        .addFields("whole")
                        .setPageSize(2)
                        .setMinPosition("pg:0/1")
                        .build();
        String cursor = readPages("reads", read).getFirst().getNextCursor();
        List<Message> requests =
                List.of(
                        GetRequest.newBuilder()
                                .setCollection("lines")
                                .setId(key("order_id", "901", "line", "1"))
                                .addFields("amount")
                                .setMinPosition("pg:0/1")
                                .setMaxStaleness(
                                        com.google.protobuf.Duration.newBuilder().setSeconds(9))
                                .build(),
                        read,
                        read.toBuilder().setCursor(cursor).build(),
                        QueryRequest.newBuilder()
                                .setCollection("kinds")
                                .setFilter(filter)
                                .addSort(descending("docb"))
                                .addFields("id")
                                .setMinPosition("pg:0/1")
                                .build(),
                        CountRequest.newBuilder()
                                .setCollection("kinds")
                                .setFilter(filter)
                                .setMinPosition("pg:0/1")
                                .build());
        assertThat(StringFields.unset(requests)).isEmpty();
        assertThat(requests.stream().map(request -> request.getDescriptorForType().getName()))
                .containsAll(
                        ReaderServiceGrpc.getServiceDescriptor().getMethods().stream()
                                .map(method -> method.getBareMethodName() + "Request")
                                .toList());
        String before = allTables();
        int refused = 0;
        int answered = 0;
        for (Message request : requests) {
            assertThat(catchThrowable(() -> call(request))).as("%s", request).isNull();
            for (String attack : ATTACKS) {
                for (Message mutant : StringFields.replaced(request, attack)) {
                    // When
                    Throwable failure = catchThrowable(() -> call(mutant));
                    // Then
                    if (failure == null) {
                        answered++;
                    } else {
                        refused++;
                        assertThat(TestClient.reason(failure))
                                .as("%s: %s", mutant.getDescriptorForType().getName(), mutant)
                                .isIn(
                                        "COLLECTION_UNKNOWN",
                                        "COLUMN_UNKNOWN",
                                        "VALUE_INVALID",
                                        "FILTER_INVALID",
                                        "CURSOR_INVALID",
                                        "POSITION_INVALID");
                    }
                }
            }
        }
        assertThat(refused).isGreaterThan(400);
        assertThat(answered).as("texts like any other").isGreaterThan(80);
        assertThat(allTables()).isEqualTo(before);
    }

    private static void call(Message request) {
        var reader = client.reader("reads");
        String answer =
                switch (request) {
                    case GetRequest get -> reader.get(get).toString();
                    case ReadRequest read -> readPages("reads", read).toString();
                    case QueryRequest query -> {
                        List<Row> rows = new ArrayList<>();
                        reader.query(query).forEachRemaining(rows::add);
                        yield rows.toString();
                    }
                    case CountRequest count -> reader.count(count).toString();
                    default -> throw new AssertionError(request);
                };
        assertThat(answer).doesNotContain("quiet");
    }

    private static String allTables() {
        return sql.column(
                                "SELECT relname || relkind::text FROM pg_class"
                                        + " WHERE relnamespace = 'public'::regnamespace ORDER BY 1")
                        .toString()
                + sql.column("SELECT word FROM secrets")
                + sql.rows("SELECT * FROM lines ORDER BY 1, 2")
                + sql.rows("SELECT id, whole, words, docb FROM kinds ORDER BY 1");
    }

    /** Of status "plain". */
    private static long expected(Operator operator, String attack) {
        String collated =
                sql.one(
                        "SELECT sign(CASE WHEN 'plain' > '%1$s' THEN 1 WHEN 'plain' < '%1$s' THEN -1"
                                        .formatted(attack.replace("'", "''"))
                                + " ELSE 0 END)");
        boolean greater = collated.equals("1");
        return switch (operator) {
            case OPERATOR_NOT_EQUALS, OPERATOR_NOT_IN -> 1;
            case OPERATOR_GREATER_THAN, OPERATOR_GREATER_THAN_OR_EQUALS -> greater ? 1 : 0;
            case OPERATOR_LESS_THAN, OPERATOR_LESS_THAN_OR_EQUALS -> greater ? 0 : 1;
            default -> 0;
        };
    }

    @Test
    void manyReadersAtOnceAreServed() {
        sql.run("INSERT INTO orders SELECT g, 'many' FROM generate_series(2000, 2100) g");
        List<CompletableFuture<Boolean>> reads =
                IntStream.range(0, 400)
                        .mapToObj(
                                i ->
                                        CompletableFuture.supplyAsync(
                                                () ->
                                                        read(get("orders", 2000 + i % 100))
                                                                .getFound(),
                                                Thread::startVirtualThread))
                        .toList();
        assertThat(reads).allSatisfy(read -> assertThat(read.join()).isTrue());
    }
}
