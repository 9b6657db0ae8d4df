package io.prism.connectors.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.connectors.debezium.ConnectorConfigs;
import io.prism.connectors.debezium.ConnectorSettings;
import io.prism.connectors.debezium.Leftover;
import io.prism.connectors.debezium.Wanted;
import io.prism.connectors.debezium.WantedConnector;
import io.prism.core.database.DatabaseConfig.Server;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.spec.NamespaceDocuments;
import io.prism.core.spec.NamespacePlan;
import io.prism.core.spec.NamespaceSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What namespaces ask for becomes what a Connect cluster has, against one that is played. */
class ReconcilerTest {
    private final FakeConnect connect = new FakeConnect();
    private final List<String> prepared = new ArrayList<>();
    private final Set<String> broken = new TreeSet<>();
    private final Set<String> slots = new TreeSet<>();
    private final Set<String> dropped = new TreeSet<>();
    private final Set<String> active = new TreeSet<>();
    private final List<Leftover> idle = new ArrayList<>();
    private int searches;
    private Instant now = Instant.parse("2026-11-22T10:00:00Z");
    private List<NamespaceSpec> specs = List.of();
    private boolean complete = true;
    private Duration lag = Duration.ZERO;

    private final Clock clock =
            new Clock() {
                @Override
                public java.time.ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(java.time.ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    now = now.plusMillis(1);
                    return now;
                }
            };

    private final Reconciler reconciler = reconciler();

    private Reconciler reconciler() {
        return new Reconciler(
                connect,
                () -> {
                    now = now.plus(lag);
                    return new KnownNamespaces(now.minus(lag.multipliedBy(2)), complete, specs);
                },
                new ConnectorConfigs(
                        database -> {
                            if (database.startsWith("unknown")) {
                                throw new PrismException(
                                        ErrorCode.DATABASE_UNKNOWN, "no " + database);
                            }
                            return new Server("postgresql://h/" + database, "u", "p");
                        },
                        ConnectorSettings.DEFAULT),
                new DatabaseSide() {
                    @Override
                    public void prepare(Wanted wanted) {
                        if (broken.contains(wanted.database())) {
                            throw new PrismException(
                                    ErrorCode.DATABASE_UNAVAILABLE, wanted.database() + " is away");
                        }
                        if (wanted instanceof WantedConnector outboxes) {
                            prepared.add(
                                    wanted.database()
                                            + outboxes.tables().stream()
                                                    .map(OutboxTable::name)
                                                    .toList());
                            slots.add(wanted.database());
                        } else {
                            prepared.add(wanted.name());
                        }
                    }

                    @Override
                    public boolean drop(Leftover leftover, BooleanSupplier unneeded) {
                        if (broken.contains(leftover.database())) {
                            throw new PrismException(
                                    ErrorCode.DATABASE_UNAVAILABLE,
                                    leftover.database() + " is away");
                        }
                        if (!leftover.namespace().isEmpty()) {
                            if (active.contains(leftover.namespace()) || !unneeded.getAsBoolean()) {
                                return false;
                            }
                            idle.removeIf(leftover::equals);
                            dropped.add(leftover.namespace());
                            return true;
                        }
                        String database = leftover.database();
                        return !slots.contains(database)
                                || (unneeded.getAsBoolean() && slots.remove(database));
                    }

                    @Override
                    public List<Leftover> idle() {
                        searches++;
                        return List.copyOf(idle);
                    }
                },
                ReconcilerSettings.DEFAULT,
                clock);
    }

    private void namespaces(String... outboxes) {
        StringBuilder document = new StringBuilder("namespaces:\n");
        for (int i = 0; i < outboxes.length; i++) {
            document.append("  - {name: n")
                    .append(i)
                    .append(", client_api: pubsub, backend: kafka, patterns: [{type: outbox, ")
                    .append(outboxes[i])
                    .append("}]}\n");
        }
        specs =
                outboxes.length == 0
                        ? List.of()
                        : new NamespaceDocuments(List.of())
                                .read(document.toString()).plans().stream()
                                        .map(NamespacePlan::spec)
                                        .toList();
    }

    private List<String> calls() {
        List<String> calls = List.copyOf(connect.calls);
        connect.calls.clear();
        return calls;
    }

    @Test
    void aConnectorIsMadeOnceAndOnlyAfterItsDatabaseWasPrepared() {
        namespaces("database: a_db", "database: a_db, table: other");

        reconciler.reconcile();
        reconciler.reconcile();

        assertThat(prepared).containsExactly("a_db[other, outbox]");
        assertThat(calls()).containsExactly("put prism-a_db");
        assertThat(reconciler.reports())
                .containsExactly(new ConnectorReport("a_db", "prism-a_db", "RUNNING", ""));
        assertThat(reconciler.problem()).isEmpty();
    }

    @Test
    void oneMoreTableIsPreparedAndRestartsNothing() {
        namespaces("database: a_db");
        reconciler.reconcile();
        namespaces("database: a_db", "database: a_db, table: other");
        calls();

        reconciler.reconcile();

        assertThat(prepared).containsExactly("a_db[outbox]", "a_db[other, outbox]");
        assertThat(calls()).isEmpty();
    }

    @Test
    void aConnectorThatSomebodyChangedIsPutBack() {
        namespaces("database: a_db");
        reconciler.reconcile();
        Map<String, String> wanted = connect.connectors.get("prism-a_db");
        Map<String, String> changed = new java.util.TreeMap<>(wanted);
        changed.put("poll.interval.ms", "1");
        connect.connectors.put("prism-a_db", changed);
        calls();

        reconciler.reconcile();

        assertThat(calls()).containsExactly("put prism-a_db");
        assertThat(connect.connectors).containsEntry("prism-a_db", wanted);
    }

    @Test
    void whatNoNamespaceNeedsGoesAndItsSlotAfterIt() {
        namespaces("database: a_db");
        reconciler.reconcile();
        connect.connectors.put("prism-theirs", Map.of("connector.class", "theirs"));
        connect.connectors.put("theirs", Map.of());
        namespaces();
        calls();

        reconciler.reconcile();

        assertThat(calls()).containsExactly("delete prism-a_db");
        assertThat(slots).isEmpty();
        assertThat(connect.connectors).containsOnlyKeys("prism-theirs", "theirs");
        assertThat(reconciler.reports()).isEmpty();
    }

    @Test
    void nothingGoesWhileANamespaceCannotBeRead() {
        namespaces("database: a_db");
        reconciler.reconcile();
        namespaces();
        complete = false;
        calls();

        reconciler.reconcile();

        assertThat(calls()).isEmpty();
        assertThat(slots).containsExactly("a_db");
    }

    @Test
    void nothingIsDoneByNamespacesOfYesterday() {
        namespaces("database: a_db");
        lag = Duration.ofMinutes(1);

        assertThatThrownBy(reconciler::reconcile)
                .isInstanceOf(PrismException.class)
                .hasMessageContaining("known only up to");
        assertThat(calls()).isEmpty();
    }

    @Test
    void oneDatabasesTroubleIsNotAnothers() {
        namespaces("database: a_db", "database: b_db", "database: unknown_db");
        broken.add("a_db");

        reconciler.reconcile();

        assertThat(calls()).containsExactly("put prism-b_db");
        assertThat(reconciler.problem())
                .contains("prism-a_db: a_db is away", "prism-unknown_db: no unknown_db")
                .doesNotContain("prism-b_db");

        // When
        broken.clear();
        reconciler.reconcile();

        // Then
        assertThat(calls()).containsExactly("put prism-a_db");
    }

    @Test
    void whatHasFailedIsRestartedLessAndLessOften() {
        namespaces("database: a_db");
        reconciler.reconcile();
        connect.failures.put("prism-a_db", "java.io.IOException: boom");
        calls();

        List<Integer> restarted = new ArrayList<>();
        for (int second = 0; second < 40; second++) {
            reconciler.reconcile();
            if (calls().contains("restart prism-a_db")) {
                restarted.add(second);
            }
            now = now.plusSeconds(1);
        }

        assertThat(restarted).containsExactly(1, 3, 7, 15, 31);
        assertThat(reconciler.problem()).isEqualTo("prism-a_db: java.io.IOException: boom");
        assertThat(reconciler.reports())
                .containsExactly(
                        new ConnectorReport(
                                "a_db", "prism-a_db", "FAILED", "java.io.IOException: boom"));
    }

    @Test
    void aCaptureAndItsConsumersAreMadeAndGoWithTheirNamespace() {
        specs = hook("http://h/x");

        reconciler.reconcile();
        reconciler.reconcile();

        assertThat(prepared).containsExactly("prism-cdc.people", "prism-cdc.people.hook");
        assertThat(calls()).containsExactly("put prism-cdc.people", "put prism-cdc.people.hook");
        assertThat(reconciler.reports())
                .containsExactly(
                        new ConnectorReport(
                                "a_db", "people", "", "prism-cdc.people", "RUNNING", ""),
                        new ConnectorReport(
                                "a_db", "people", "hook", "prism-cdc.people.hook", "RUNNING", ""));

        specs = List.of();
        reconciler.reconcile();

        assertThat(calls())
                .containsExactlyInAnyOrder(
                        "delete prism-cdc.people", "delete prism-cdc.people.hook");
        assertThat(dropped).containsExactly("people");
    }

    @Test
    void aConnectorThatCannotBeRemovedHoldsUpNothingElse() {
        // Given
        specs = Stream.concat(hook("http://h/x").stream(), captures("quiet").stream()).toList();
        reconciler.reconcile();
        calls();
        specs = captures("other");
        connect.held.add("prism-cdc.people.hook");

        // When
        reconciler.reconcile();

        // Then
        assertThat(connect.connectors).containsOnlyKeys("prism-cdc.other", "prism-cdc.people.hook");
        assertThat(dropped).containsExactlyInAnyOrder("people", "quiet");
        assertThat(reconciler.problem()).isEqualTo("prism-cdc.people.hook: still in its group");

        // When
        calls();
        List<Integer> tried = new ArrayList<>();
        for (int second = 0; second < 20; second++) {
            reconciler.reconcile();
            if (calls().contains("delete prism-cdc.people.hook")) {
                tried.add(second);
            }
            now = now.plusSeconds(1);
        }

        // Then
        assertThat(tried).containsExactly(1, 3, 7, 15);
        assertThat(reconciler.problem()).contains("still in its group");

        // When
        connect.held.clear();
        now = now.plusSeconds(60);
        reconciler.reconcile();

        // Then
        assertThat(connect.connectors).containsOnlyKeys("prism-cdc.other");
        assertThat(reconciler.problem()).isEmpty();
    }

    @Test
    void aConnectorWhoseRemovalStoppedHalfWayGoesOnWhenItIsNeededAgain() {
        // Given
        specs = hook("http://h/x");
        reconciler.reconcile();
        connect.held.add("prism-cdc.people.hook");
        specs = List.of();
        reconciler.reconcile();
        specs = hook("http://h/x");
        calls();

        // When
        reconciler.reconcile();

        // Then
        assertThat(calls()).containsExactly("put prism-cdc.people", "resume prism-cdc.people.hook");
    }

    @Test
    void aSlotGoesThoughItsConnectorsRemovalWasNotAnswered() {
        specs = captures("gone");
        reconciler.reconcile();
        specs = List.of();
        connect.held.add("prism-cdc.gone");
        reconciler.reconcile();
        assertThat(dropped).isEmpty();

        connect.connectors.remove("prism-cdc.gone");
        reconciler.reconcile();

        assertThat(dropped).containsExactly("gone");
        assertThat(searches).isEqualTo(1);
    }

    private static List<NamespaceSpec> hook(String url) {
        return people("{name: hook, type: webhook, url: \"" + url + "\"}");
    }

    private static List<NamespaceSpec> people(String consumer) {
        return new NamespaceDocuments(List.of())
                        .read(
                                """
                                namespaces:
                                  - name: people
                                    client_api: pubsub
                                    backend: kafka
                                    patterns:
                                      - type: cdc
                                        source: {database: a_db, table: people}
                                        consumers:
                                          - %s
                                """
                                        .formatted(consumer))
                        .plans()
                        .stream()
                        .map(NamespacePlan::spec)
                        .toList();
    }

    @Test
    void aConsumerThatIsToDoOtherwiseBeginsAnewWithoutItsOffsets() {
        specs = hook("http://h/x");
        reconciler.reconcile();
        calls();
        specs = hook("http://h/y");

        reconciler.reconcile();

        assertThat(calls())
                .containsExactly("delete prism-cdc.people.hook", "put prism-cdc.people.hook");
        assertThat(connect.connectors.get("prism-cdc.people.hook"))
                .containsEntry("webhook.url", "http://h/y");
    }

    @Test
    void aConsumerThatReadsOtherwiseKeepsItsOffsets() {
        specs = hook("http://h/x");
        reconciler.reconcile();
        Map<String, String> changed =
                new java.util.TreeMap<>(connect.connectors.get("prism-cdc.people.hook"));
        changed.put("consumer.override.session.timeout.ms", "1");
        connect.connectors.put("prism-cdc.people.hook", changed);
        calls();

        reconciler.reconcile();

        assertThat(calls()).containsExactly("put prism-cdc.people.hook");
    }

    @Test
    void aConsumerThatCannotBeMadeIsSaidAndStopsNothing() {
        specs = people("{name: c, type: cache_invalidator, key_extractor: \"{id}\"}");

        reconciler.reconcile();

        assertThat(calls()).containsExactly("put prism-cdc.people");
        assertThat(reconciler.problem()).contains("prism-cdc.people.c", "redis.url");
    }

    private static List<NamespaceSpec> captures(String... names) {
        StringBuilder document = new StringBuilder("namespaces:\n");
        for (String name : names) {
            document.append("  - {name: ")
                    .append(name)
                    .append(", client_api: pubsub, backend: kafka, patterns: [{type: cdc, source:")
                    .append(" {database: a_db, table: people}}]}\n");
        }
        return new NamespaceDocuments(List.of())
                .read(document.toString()).plans().stream().map(NamespacePlan::spec).toList();
    }

    private static Leftover leftover(String namespace) {
        return new Leftover("prism-cdc." + namespace, "a_db", namespace);
    }

    @Test
    void theSlotOfAConnectorThatAnEarlierProcessRemovedIsFoundAndDropped() {
        specs = captures("kept", "gone");
        reconciler.reconcile();
        specs = captures("kept");
        active.add("gone");
        reconciler.reconcile();
        assertThat(calls()).contains("delete prism-cdc.gone");
        assertThat(dropped).isEmpty();
        active.clear();
        idle.addAll(List.of(leftover("gone"), leftover("kept")));

        Reconciler later = reconciler();
        later.reconcile();
        assertThat(dropped).as("a namespace may be about to need it").isEmpty();
        now = now.plusSeconds(20);
        later.reconcile();

        assertThat(dropped).containsExactly("gone");
        assertThat(idle).containsExactly(leftover("kept"));
        assertThat(calls()).isEmpty();
    }

    @Test
    void aSlotThatWasPreparedForANamespaceIsLeftWhenItIsAnnounced() {
        idle.add(leftover("coming"));
        reconciler.reconcile();
        specs = captures("coming");
        now = now.plusSeconds(20);
        reconciler.reconcile();
        specs = List.of();
        connect.connectors.clear();
        now = now.plusSeconds(70);

        reconciler.reconcile();

        assertThat(dropped).as("found for the first time again").isEmpty();
    }

    @Test
    void slotsThatNobodyNotedAreLookedForNowAndThenOnly() {
        specs = captures("kept");

        for (int second = 0; second < 150; second++) {
            reconciler.reconcile();
            now = now.plusSeconds(1);
        }

        assertThat(searches).isEqualTo(3);
    }

    @Test
    void aSlotIsNotDroppedWhileANamespaceCannotBeReadOrAConnectorIsThere() {
        idle.add(leftover("gone"));
        complete = false;
        reconciler.reconcile();
        assertThat(searches).isZero();
        complete = true;
        specs = captures("gone");

        reconciler.reconcile();

        assertThat(dropped).isEmpty();
    }

    @Test
    void aDatabaseThatIsAwayHoldsUpNoOthersLeftovers() {
        namespaces("database: a_db", "database: b_db");
        reconciler.reconcile();
        broken.add("a_db");
        namespaces();

        reconciler.reconcile();

        assertThat(slots).containsExactly("a_db");

        // When
        broken.clear();
        reconciler.reconcile();

        // Then
        assertThat(slots).isEmpty();
    }
}
