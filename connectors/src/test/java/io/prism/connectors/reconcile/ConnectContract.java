package io.prism.connectors.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.prism.connectors.connect.ConnectRuntime;
import io.prism.connectors.connect.ConnectorStatus;
import io.prism.connectors.debezium.ConnectorConfigs;
import io.prism.connectors.debezium.ConnectorSettings;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxMessage;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.spec.NamespaceDocuments;
import io.prism.core.spec.NamespacePlan;
import io.prism.core.spec.NamespaceSpec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every runtime of connectors does, with Debezium, PostgreSQL and Kafka as they are. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class ConnectContract {
    private static final Logger log = LoggerFactory.getLogger(ConnectContract.class);
    private static final OutboxTable TABLE = new OutboxTable("public", "outbox");
    private static final OutboxTable OTHER = new OutboxTable("public", "other");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Path folder;
    private Lab lab;
    private ConnectRuntime runtime;

    /** Starts a worker over this Kafka cluster. */
    abstract ConnectRuntime start(Lab lab, Path folder) throws Exception;

    /** Where the worker's REST API is. */
    abstract URI url();

    /** Ends the worker, in an orderly way or not. */
    abstract void stop() throws Exception;

    @BeforeAll
    void startAll(@TempDir Path temp) throws Exception {
        folder = temp;
        lab = new Lab(folder);
        runtime = start(lab, folder);
    }

    /** What a test left running would be in the way of the next one's times. */
    @AfterEach
    void removedConnectorsLeaveNoConnectionBehind() {
        runtime.connectors().keySet().forEach(runtime::delete);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(
                                                lab.ask(
                                                        "postgres",
                                                        "SELECT string_agg(application_name || ' '"
                                                                + " || backend_type || ' ' ||"
                                                                + " coalesce(query, ''), '; ') FROM"
                                                                + " pg_stat_activity WHERE"
                                                                + " application_name LIKE"
                                                                + " 'Debezium%'"))
                                        .isEqualTo("null"));
    }

    @AfterAll
    void stopAll() throws Exception {
        stop();
        lab.close();
    }

    private static List<NamespaceSpec> namespaces(String... outboxes) {
        StringBuilder document = new StringBuilder("namespaces:\n");
        for (int i = 0; i < outboxes.length; i++) {
            document.append("  - {name: n")
                    .append(i)
                    .append(", client_api: pubsub, backend: kafka, patterns: [{type: outbox, ")
                    .append(outboxes[i])
                    .append("}]}\n");
        }
        return outboxes.length == 0
                ? List.of()
                : new NamespaceDocuments(List.of())
                        .read(document.toString()).plans().stream()
                                .map(NamespacePlan::spec)
                                .toList();
    }

    private static SlotState state(SlotGuard guard, String database) {
        return requireNonNull(guard.states().get(database));
    }

    private Reconciler reconciler(AtomicReference<List<NamespaceSpec>> specs) {
        return reconciler(specs, ReconcilerSettings.DEFAULT.search());
    }

    private Reconciler reconciler(AtomicReference<List<NamespaceSpec>> specs, Duration search) {
        return new Reconciler(
                runtime,
                () -> new KnownNamespaces(Instant.MAX, true, requireNonNull(specs.get())),
                configs(),
                lab.databases(),
                lab::ensure,
                () -> Lab.CLUSTER,
                new ReconcilerSettings(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(1),
                        search,
                        true),
                Clock.systemUTC());
    }

    private ConnectorConfigs configs() {
        return new ConnectorConfigs(
                lab.databases()::server,
                new ConnectorSettings(
                        Duration.ofMillis(20),
                        Duration.ofMillis(500),
                        Optional.empty(),
                        Optional.empty()));
    }

    /** As one reconciler of several would; what other tests need stays. */
    private void run(String database) {
        String name = "prism-" + database;
        lab.ensure(io.prism.core.outbox.OutboxTopics.rows(database));
        runtime.put(name, configs().config(database));
        awaitRunning(name);
    }

    private void awaitRunning(String name) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(runtime.status(name).map(ConnectorStatus::state))
                                        .contains(ConnectorStatus.RUNNING));
    }

    private void insert(String database, OutboxTable table, String... payloads) throws Exception {
        try (Connection connection = lab.connect(database)) {
            for (String payload : payloads) {
                Lab.insert(connection, table, "t", payload.getBytes(UTF_8));
            }
        }
    }

    private static String[] texts(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
    }

    @Test
    void whatIsNotThereHasNoStatusAndIsGone() {
        assertThat(runtime.status("none")).isEmpty();
        runtime.delete("none");
        runtime.restartFailed("none");
        runtime.resume("none");
        assertThat(runtime.connectors()).doesNotContainKey("none");
    }

    @Test
    void aConfigurationThatCannotWorkIsRefusedWithAReason() {
        Map<String, String> config = new TreeMap<>(configs().config("refused_db"));
        config.remove("connector.class");

        assertThatThrownBy(() -> runtime.put("prism-refused_db", config))
                .asInstanceOf(InstanceOfAssertFactories.type(PrismException.class))
                .extracting(PrismException::code)
                .isEqualTo(ErrorCode.BACKEND_REFUSED);
        assertThat(runtime.connectors()).doesNotContainKey("prism-refused_db");
    }

    @Test
    void aConnectorThatFailsSaysWhyAndRunsAgainWhenItCan() throws Exception {
        // Given
        String database = "failing_db";
        lab.prepare(database, TABLE);
        lab.execute(database, "DROP PUBLICATION prism");
        lab.ensure(io.prism.core.outbox.OutboxTopics.rows(database));

        // When
        runtime.put("prism-failing_db", configs().config(database));

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(
                                                runtime.status("prism-failing_db")
                                                        .flatMap(ConnectorStatus::failure))
                                        .isPresent());

        // When
        AtomicReference<List<NamespaceSpec>> specs =
                new AtomicReference<>(namespaces("database: failing_db"));
        Reconciler reconciler = withOthers(specs);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            reconciler.reconcile();
                            assertThat(runtime.status("prism-failing_db").orElseThrow().running())
                                    .isTrue();
                        });
        insert(database, TABLE, "after");
        try (CapturedRows rows = lab.rows(database)) {
            assertThat(rows.texts(1)).containsExactly("after");
        }
    }

    /** As one that a killed reconciler had begun to remove. */
    @Test
    void aConnectorThatWasStoppedGoesOnWhereItWasIfItIsNeeded() throws Exception {
        // Given
        String database = "stopped_db";
        AtomicReference<List<NamespaceSpec>> specs =
                new AtomicReference<>(namespaces("database: stopped_db"));
        Reconciler reconciler = withOthers(specs);
        reconciler.reconcile();
        awaitRunning("prism-stopped_db");
        insert(database, TABLE, "before");
        try (CapturedRows rows = lab.rows(database)) {
            rows.await(1);
        }

        // When
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest stop =
                    HttpRequest.newBuilder(url().resolve("/connectors/prism-stopped_db/stop"))
                            .PUT(BodyPublishers.noBody())
                            .build();
            assertThat(http.send(stop, BodyHandlers.discarding()).statusCode()).isEqualTo(204);
        }
        await().atMost(PATIENCE)
                .until(
                        () ->
                                runtime.status("prism-stopped_db")
                                        .filter(ConnectorStatus::stopped)
                                        .isPresent());
        insert(database, TABLE, "meanwhile");
        reconciler.reconcile();

        // Then
        awaitRunning("prism-stopped_db");
        insert(database, TABLE, "after");
        try (CapturedRows rows = lab.rows(database)) {
            assertThat(rows.texts(3)).containsExactly("before", "meanwhile", "after");
        }
    }

    /** One that leaves the connectors of other tests alone. */
    private Reconciler withOthers(AtomicReference<List<NamespaceSpec>> specs) {
        return new Reconciler(
                runtime,
                () -> new KnownNamespaces(Instant.MAX, false, requireNonNull(specs.get())),
                configs(),
                lab.databases(),
                lab::ensure,
                () -> Lab.CLUSTER,
                new ReconcilerSettings(
                        Duration.ofSeconds(5),
                        Duration.ofMillis(1),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(1),
                        true),
                Clock.systemUTC());
    }

    @Test
    void rowsFromBeforeTheConnectorAreNotLost() throws Exception {
        String database = "early_db";
        lab.prepare(database, TABLE);
        String[] early = texts("early-", 200);
        insert(database, TABLE, early);

        run(database);
        insert(database, TABLE, "late");

        try (CapturedRows rows = lab.rows(database)) {
            List<CapturedRows.Row> all = rows.await(201);
            assertThat(all)
                    .extracting(CapturedRows.Row::text)
                    .startsWith(early)
                    .endsWith("late")
                    .hasSize(201);
            OutboxRow row = OutboxRow.of(all.getFirst().headers(), all.getFirst().payload());
            assertThat(row.table()).isEqualTo("public.outbox");
            assertThat(row.topic()).isEqualTo("t");
            assertThat(row.headers()).isEqualTo("{}");
            assertThat(row.namespace()).isNull();
            assertThat(row.createdAt())
                    .isBetween(Instant.now().minusSeconds(120), Instant.now().plusSeconds(1));
            assertThat(rows.records()).isEqualTo(201);
        }
    }

    @Test
    void transactionsComeInTheOrderOfTheirCommitsAndOnlyIfTheyCommit() throws Exception {
        // Given
        String database = "order_db";
        lab.prepare(database, TABLE);
        run(database);

        // When
        try (Connection first = lab.connect(database);
                Connection second = lab.connect(database);
                Connection never = lab.connect(database)) {
            for (Connection one : List.of(first, second, never)) {
                one.setAutoCommit(false);
            }
            Lab.insert(first, TABLE, "t", "first-1".getBytes(UTF_8));
            Lab.insert(never, TABLE, "t", "never".getBytes(UTF_8));
            Lab.insert(second, TABLE, "t", "second-1".getBytes(UTF_8));
            Lab.insert(first, TABLE, "t", "first-2".getBytes(UTF_8));
            second.commit();
            never.rollback();
            first.commit();
            for (Connection one : List.of(first, second, never)) {
                one.setAutoCommit(true);
            }
        }
        lab.execute(database, "UPDATE outbox SET published_at = now()");
        lab.execute(database, "DELETE FROM outbox");
        insert(database, TABLE, "last");

        // Then
        try (CapturedRows rows = lab.rows(database)) {
            assertThat(rows.texts(4)).containsExactly("second-1", "first-1", "first-2", "last");
            rows.poll(Duration.ofMillis(500));
            assertThat(rows.records()).isEqualTo(4);
        }
    }

    @Test
    void whatCommitsWhileTheWorkerIsAwayOrDiesIsNotLost() throws Exception {
        // Given
        String database = "restart_db";
        lab.prepare(database, TABLE);
        run(database);
        List<String> committed = new ArrayList<>();
        AtomicBoolean enough = new AtomicBoolean();
        Thread writer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try (Connection connection = lab.connect(database)) {
                                        for (int i = 0; !enough.get(); i++) {
                                            Lab.insert(
                                                    connection,
                                                    TABLE,
                                                    "t",
                                                    ("row-" + i).getBytes(UTF_8));
                                            committed.add("row-" + i);
                                        }
                                    } catch (java.sql.SQLException e) {
                                        log.error("the writer failed", e);
                                    }
                                });
        try (CapturedRows rows = lab.rows(database)) {
            // When
            for (int i = 0; i < 3; i++) {
                rows.await(rows.size() + 300);
                stop();
                runtime = start(lab, folder);
            }
            rows.await(rows.size() + 300);
            enough.set(true);
            writer.join();

            // Then
            assertThat(rows.texts(committed.size())).isEqualTo(committed);
            log.info("{} rows in {} records", committed.size(), rows.records());
        } finally {
            enough.set(true);
        }
    }

    @Test
    void oneMoreNamespaceAndTableNeedsNoSnapshotAndLosesNothing() throws Exception {
        // Given
        String database = "tables_db";
        AtomicReference<List<NamespaceSpec>> specs =
                new AtomicReference<>(namespaces("database: tables_db"));
        Reconciler reconciler = withOthers(specs);
        reconciler.reconcile();
        awaitRunning("prism-tables_db");
        insert(database, TABLE, "one");
        try (CapturedRows rows = lab.rows(database)) {
            rows.await(1);
        }
        String reader =
                lab.ask(
                        database,
                        "SELECT active_pid FROM pg_replication_slots WHERE slot_name ="
                                + " 'prism_tables_db'");

        // When
        lab.prepare(database, OTHER);
        insert(database, OTHER, "two");
        specs.set(namespaces("database: tables_db", "database: tables_db, table: other"));
        reconciler.reconcile();
        insert(database, OTHER, "three");
        insert(database, TABLE, "four");

        // Then
        try (CapturedRows rows = lab.rows(database)) {
            assertThat(rows.texts(4)).containsExactly("one", "two", "three", "four");
            assertThat(rows.records()).isEqualTo(4);
        }
        assertThat(
                        lab.ask(
                                database,
                                "SELECT active_pid FROM pg_replication_slots WHERE slot_name ="
                                        + " 'prism_tables_db'"))
                .isEqualTo(reader);
    }

    @Test
    void aDatabaseThatNobodyNeedsAnyMoreIsLeftAsItWasAndCanComeBack() throws Exception {
        // Given
        String database = "gone_db";
        AtomicReference<List<NamespaceSpec>> specs =
                new AtomicReference<>(namespaces("database: gone_db"));
        Reconciler reconciler = reconciler(specs);
        lab.prepare(database, TABLE);
        run(database);
        insert(database, TABLE, "before");
        try (CapturedRows rows = lab.rows(database)) {
            rows.await(1);
        }
        Map<String, Map<String, String>> others = new TreeMap<>(runtime.connectors());
        others.remove("prism-gone_db");
        specs.set(needing(others, List.of()));

        // When
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            reconciler.reconcile();
                            assertThat(slots(database)).isEqualTo("0");
                        });

        // Then
        assertThat(runtime.connectors()).containsOnlyKeys(others.keySet());
        assertThat(lab.ask(database, "SELECT count(*) FROM pg_publication")).isEqualTo("0");

        // When
        lab.execute(database, "TRUNCATE outbox");
        specs.set(needing(others, namespaces("database: gone_db")));
        reconciler.reconcile();
        insert(database, TABLE, "again");

        // Then
        try (CapturedRows rows = lab.rows(database)) {
            assertThat(rows.texts(2)).containsExactly("before", "again");
        }
    }

    @Test
    void aSlotThatAProcessWasKilledBeforeDroppingIsFoundAndAnothersIsLeft() throws Exception {
        // Given
        lab.prepare("forgotten_db", TABLE);
        lab.prepare("theirs_db", TABLE);
        lab.execute(
                "theirs_db",
                "COMMENT ON PUBLICATION prism IS 'Prism relays outboxes of database theirs_db to"
                        + " Kafka cluster another'");

        lab.prepare("alias_db", TABLE);
        lab.execute(
                "alias_db",
                "SELECT pg_create_logical_replication_slot('prism_known_otherwise', 'pgoutput')");

        // When
        Reconciler reconciler =
                reconciler(
                        new AtomicReference<>(needing(runtime.connectors(), List.of())),
                        Duration.ofMillis(1));
        reconciler.reconcile();
        assertThat(slots("forgotten_db")).as("a namespace may be about to need it").isEqualTo("1");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            reconciler.reconcile();
                            assertThat(slots("forgotten_db")).isEqualTo("0");
                            assertThat(slots("alias_db")).isEqualTo("0");
                        });

        // Then
        assertThat(lab.ask("forgotten_db", "SELECT count(*) FROM pg_publication")).isEqualTo("0");
        assertThat(lab.ask("alias_db", "SELECT count(*) FROM pg_publication")).isEqualTo("1");
        lab.execute("alias_db", "SELECT pg_drop_replication_slot('prism_known_otherwise')");
        assertThat(slots("theirs_db")).isEqualTo("1");
        assertThat(lab.ask("theirs_db", "SELECT count(*) FROM pg_publication")).isEqualTo("1");
    }

    private String slots(String database) throws Exception {
        return lab.ask(
                database,
                "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'prism_"
                        + database
                        + "'");
    }

    private static List<NamespaceSpec> needing(
            Map<String, Map<String, String>> connectors, List<NamespaceSpec> also) {
        List<NamespaceSpec> specs =
                new ArrayList<>(
                        namespaces(
                                connectors.values().stream()
                                        .map(
                                                config ->
                                                        "database: "
                                                                + ConnectorConfigs.database(config))
                                        .toArray(String[]::new)));
        specs.addAll(also);
        return specs;
    }

    @Test
    void anOutboxWithoutATableIsReadFromTheLogItself() throws Exception {
        String database = "message_db";
        lab.prepare(database);
        run(database);
        UUID id = UUID.randomUUID();
        byte[] content =
                new OutboxMessage(
                                Map.of(OutboxRow.ID, id.toString(), OutboxRow.TOPIC, "t"),
                                "hello".getBytes(UTF_8))
                        .encode();

        try (Connection connection = lab.connect(database);
                PreparedStatement emit =
                        connection.prepareStatement(
                                "SELECT pg_logical_emit_message(true, 'prism.outbox', ?)")) {
            connection.setAutoCommit(false);
            emit.setBytes(1, OutboxMessage.decode(content).encode());
            emit.execute();
            connection.rollback();
            emit.setBytes(1, content);
            emit.execute();
            connection.commit();
            connection.setAutoCommit(true);
        }

        try (CapturedRows rows = lab.rows(database)) {
            CapturedRows.Row row = rows.await(1).getFirst();
            assertThat(row.text()).isEqualTo("hello");
            assertThat(row.headers())
                    .containsOnly(
                            Map.entry(OutboxRow.ID, id.toString()),
                            Map.entry(OutboxRow.TOPIC, "t"));
            rows.poll(Duration.ofMillis(500));
            assertThat(rows.records()).isEqualTo(1);
        }
    }

    @Test
    void aRowThatFitsNoRecordStopsNothing() throws Exception {
        String database = "large_db";
        lab.prepare(database, TABLE);
        run(database);
        byte[] large = new byte[17_000_000];
        byte[] fits = new byte[16_600_000];
        Arrays.fill(fits, (byte) 'x');

        try (Connection connection = lab.connect(database)) {
            Lab.insert(connection, TABLE, "t", large);
            Lab.insert(connection, TABLE, "t", fits);
        }
        insert(database, TABLE, "small");

        try (CapturedRows rows = lab.rows(database)) {
            List<CapturedRows.Row> all = rows.await(3);
            assertThat(all.get(0).headers().get(OutboxRow.ERROR)).startsWith("MESSAGE_TOO_LARGE: ");
            assertThat(all.get(0).payload()).isEmpty();
            assertThat(all.get(1).payload()).isEqualTo(fits);
            assertThat(all.get(2).text()).isEqualTo("small");
        }
    }

    @Test
    void anIdleDatabaseDoesNotHoldTheLogAndTheGuardSaysWhoDoes() throws Exception {
        // Given
        lab.prepare("idle_db", TABLE);
        lab.prepare("held_db", TABLE);
        run("idle_db");
        lab.execute("busy_db", "CREATE TABLE busy (content text)");

        // When
        for (int i = 0; i < 40; i++) {
            lab.execute(
                    "busy_db",
                    "INSERT INTO busy SELECT repeat(md5(n::text), 30) FROM"
                            + " generate_series(1, 1000) n");
        }

        // Then
        SlotGuard guard =
                new SlotGuard(
                        lab.databases(),
                        () ->
                                Stream.of("busy_db", "held_db", "idle_db")
                                        .map(WatchedSlot::outboxes)
                                        .toList(),
                        10_000_000,
                        Duration.ofSeconds(1),
                        Clock.systemUTC(),
                        states -> {});
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            lab.execute("busy_db", "CHECKPOINT");
                            guard.check();
                            assertThat(state(guard, "idle_db").behind()).isLessThan(1_000_000);
                            assertThat(state(guard, "idle_db").retained()).isLessThan(10_000_000);
                        });
        assertThat(guard.states()).containsOnlyKeys("held_db", "idle_db");
        SlotState held = state(guard, "held_db");
        assertThat(held.retained()).isGreaterThan(30_000_000);
        assertThat(held.active()).isFalse();
        assertThat(state(guard, "idle_db").active()).isTrue();
        assertThat(guard.problem())
                .contains("held_db keeps", "nobody reads it", "busy_db has no slot")
                .doesNotContain("idle_db");
    }

    /** Not a benchmark: it says what to expect, and fails only when something is badly wrong. */
    @Test
    void aCommittedRowIsSoonInKafka() throws Exception {
        String database = "latency_db";
        lab.prepare(database, TABLE);
        run(database);
        insert(database, TABLE, texts("warm-", 200));
        int rows = 1_000;
        long[] committed = new long[rows];
        try (CapturedRows captured = lab.rows(database)) {
            captured.await(200);
            Thread writer =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try (Connection connection = lab.connect(database)) {
                                            long next = System.nanoTime();
                                            for (int i = 0; i < rows; i++) {
                                                next += 5_000_000;
                                                java.util.concurrent.locks.LockSupport.parkNanos(
                                                        next - System.nanoTime());
                                                Lab.insert(
                                                        connection,
                                                        TABLE,
                                                        "t",
                                                        ("row-" + i).getBytes(UTF_8));
                                                committed[i] = System.nanoTime();
                                            }
                                        } catch (java.sql.SQLException e) {
                                            log.error("the writer failed", e);
                                        }
                                    });
            List<CapturedRows.Row> all = captured.await(rows + 200);
            writer.join();
            long[] took =
                    IntStream.range(0, rows)
                            .mapToLong(i -> all.get(i + 200).at() - committed[i])
                            .sorted()
                            .toArray();
            log.info(
                    "commit to record at 200/s: p50 {} ms, p99 {} ms, max {} ms",
                    took[rows / 2] / 1e6,
                    took[rows * 99 / 100] / 1e6,
                    took[rows - 1] / 1e6);
            assertThat(took[rows / 2]).isLessThan(Duration.ofSeconds(20).toNanos());
        }
    }
}
