package io.prism.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.spec.NamespacePlan.BackendObject;
import io.prism.core.spec.PatternSpec.ClaimCheck;
import io.prism.core.spec.PatternSpec.Cleanup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamespaceRulesTest {
    private final NamespaceDocuments documents = new NamespaceDocuments(List.of("redact", "mask"));

    @Test
    void everything_wrong_is_reported_at_once_in_the_document_s_order() {
        // When
        ParsedDocument document =
                documents.read(
                        """
                        namespaces:
                          - name: Video
                            client_api: reader
                            patterns:
                              - type: outbox
                                config:
                                  tabel: t
                              - type: claim-check
                                threshold: lots
                              - type: cashe
                            backend:
                              type: kafka
                              partitions: 0
                          - name: b
                            backend: {type: redis}
                        version: 2
                        """);

        // Then
        assertThat(document.valid()).isFalse();
        assertThat(document.plans()).isEmpty();
        assertThat(document.violations())
                .extracting(v -> v.line() + ":" + v.column() + " " + v.code() + " " + v.path())
                .containsExactly(
                        "2:11 INVALID_VALUE namespaces[0].name",
                        "5:9 INCOMPATIBLE_PATTERN namespaces[0].patterns[0]",
                        "7:11 UNKNOWN_OPTION namespaces[0].patterns[0].config.tabel",
                        "8:9 INCOMPATIBLE_PATTERN namespaces[0].patterns[1]",
                        "9:20 INVALID_VALUE namespaces[0].patterns[1].threshold",
                        "10:15 UNKNOWN_PATTERN namespaces[0].patterns[2].type",
                        "13:19 INVALID_VALUE namespaces[0].backend.partitions",
                        "15:5 BACKEND_INCOMPATIBLE_WITH_API namespaces[1].backend",
                        "16:1 UNKNOWN_OPTION version");
    }

    @ParameterizedTest
    @CsvSource({
        "pubsub, kafka",
        "queue, kafka",
        "reader, postgres",
        "transact, postgres",
        "cache, redis",
    })
    void a_backend_that_is_not_declared_follows_from_the_api(String api, String backend) {
        NamespacePlan plan = plan("client_api: " + api);
        assertThat(plan.spec().backend().type()).isEqualTo(backend);
        assertThat(plan.notes())
                .contains("backend is " + backend + ", the default for client_api " + api);
    }

    @Test
    void the_api_is_pubsub_unless_declared_and_the_plan_says_so() {
        assertThat(plan("backend: kafka").spec().api()).isEqualTo(ClientApi.PUBSUB);
        assertThat(plan("backend: kafka").notes()).contains("client_api is pubsub by default");
    }

    @Test
    void messages_of_transactions_go_to_kafka() {
        NamespacePlan plan = plan("client_api: transact\n  patterns: [{type: outbox}]");
        assertThat(plan.objects())
                .containsExactly(
                        new BackendObject("topic-prefix", "x.", Map.of("partitions", "4")));
        assertThat(plan.notes())
                .contains("data is written to database postgres; messages go to kafka under x.");
    }

    @ParameterizedTest
    @CsvSource({
        "outbox, reader",
        "outbox, cache",
        "claim-check, reader",
        "tiered-storage, cache",
        "wal, transact",
        "cache, pubsub",
        "cdc, queue",
        "event-sourcing, pubsub",
        "cqrs, queue",
    })
    void a_pattern_that_does_not_serve_the_api_is_refused(String pattern, String api) {
        String extra =
                switch (pattern) {
                    case "cqrs" -> ", views: [v]";
                    case "cdc" -> ", source: {database: d, table: t}";
                    default -> "";
                };
        assertThat(
                        read("client_api: "
                                        + api
                                        + "\n  patterns: [{type: "
                                        + pattern
                                        + extra
                                        + "}]")
                                .violations())
                .singleElement()
                .satisfies(
                        v -> {
                            assertThat(v.code()).isEqualTo("INCOMPATIBLE_PATTERN");
                            assertThat(v.suggestion()).startsWith(pattern + " serves ");
                        });
    }

    @Test
    void a_backend_that_cannot_carry_a_pattern_is_refused() {
        assertThat(
                        read("client_api: queue\n  backend: redis\n  patterns: [{type: outbox}]")
                                .violations())
                .singleElement()
                .satisfies(
                        v -> {
                            assertThat(v.code()).isEqualTo("BACKEND_INCOMPATIBLE_WITH_PATTERNS");
                            assertThat(v.path()).isEqualTo("namespaces[0].backend");
                            assertThat(v.allowed()).containsExactly("kafka");
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pubsub: outbox, claim-check, tiered-storage",
                "queue: claim-check",
                "queue: wal, tiered-storage",
                "pubsub: claim-check",
                "transact: outbox",
                "transact: event-sourcing",
                "reader: cache",
            })
    void the_chains_of_the_composition_matrix_are_valid_as_they_stand(String chain) {
        String[] parts = chain.split(": ", -1);
        StringBuilder yaml = new StringBuilder("client_api: " + parts[0] + "\n  patterns:\n");
        for (String type : parts[1].split(", ", -1)) {
            yaml.append("  - type: ").append(type).append('\n');
        }
        ParsedDocument document = read(yaml.toString());
        assertThat(Plans.violations(document)).isEmpty();
        assertThat(document.warnings()).isEmpty();
        assertThat(document.plans().getFirst().spec().patterns())
                .extracting(PatternSpec::type)
                .containsExactly(parts[1].split(", ", -1));
    }

    @Test
    void own_patterns_keep_their_place_and_their_options() {
        NamespacePlan plan =
                plan(
                        """
                        patterns:
                            - {type: redact, fields: [a, b], deep: {n: 1, f: 1.5, t: true, s: "1"}}
                            - {type: claim-check}
                            - {type: mask, config: {with: '*'}}
                            - {type: outbox}\
                        """);
        assertThat(plan.spec().patterns())
                .extracting(PatternSpec::type)
                .containsExactly("redact", "outbox", "mask", "claim-check");
        assertThat(plan.spec().patterns().get(0))
                .isEqualTo(
                        new PatternSpec.Custom(
                                "redact",
                                Map.of(
                                        "fields",
                                        List.of("a", "b"),
                                        "deep",
                                        Map.of("n", 1L, "f", 1.5, "t", true, "s", "1"))));
        assertThat(plan.spec().patterns().get(2))
                .isEqualTo(new PatternSpec.Custom("mask", Map.of("with", "*")));
    }

    @Test
    void outbox_and_wal_contradict_each_other() {
        assertThat(
                        read("client_api: queue\n  patterns: [{type: outbox}, {type: wal}]")
                                .violations())
                .extracting(ParsedDocument.Violation::code)
                .containsExactly("CONFLICTING_PATTERNS");
    }

    @Test
    void a_disabled_pattern_is_checked_but_not_used() {
        assertThat(plan("patterns: [{type: outbox, enabled: false}]").spec().patterns()).isEmpty();
        assertThat(read("patterns: [{type: outbox, enabled: false, x: y}]").violations())
                .hasSize(1);
        assertThat(
                        plan("patterns: [{type: outbox, enabled: false}, {type: outbox}]")
                                .spec()
                                .patterns())
                .hasSize(1);
    }

    @Test
    void claims_are_deleted_on_consume_or_after_a_week_unless_declared_otherwise() {
        assertThat(cleanup("")).isEqualTo(new Cleanup(Cleanup.Strategy.ON_CONSUME, week()));
        assertThat(cleanup(", cleanup: {strategy: ttl}"))
                .isEqualTo(new Cleanup(Cleanup.Strategy.TTL, week()));
        assertThat(cleanup(", cleanup: {strategy: none}"))
                .isEqualTo(new Cleanup(Cleanup.Strategy.NONE, Optional.empty()));
        assertThat(cleanup(", cleanup: {strategy: none, ttl: 60}"))
                .isEqualTo(new Cleanup(Cleanup.Strategy.NONE, Optional.of(Duration.ofMinutes(1))));
    }

    @Test
    void a_prefix_ends_with_one_slash_however_it_is_written() {
        assertThat(claims(", prefix: a/b").storage().prefix()).isEqualTo("a/b/");
        assertThat(claims(", storage: {prefix: a/b/}").storage().prefix()).isEqualTo("a/b/");
        assertThat(claims("").storage().prefix()).isEqualTo("x/");
    }

    @Test
    void required_retention_keeps_the_payloads_as_long() {
        ClaimCheck claims =
                plan("requirements: {message_size: 5GB, retention: 30 days}")
                        .spec()
                        .pattern(ClaimCheck.class)
                        .orElseThrow();
        assertThat(claims.cleanup())
                .isEqualTo(new Cleanup(Cleanup.Strategy.TTL, Optional.of(Duration.ofDays(30))));
    }

    @ParameterizedTest
    @CsvSource({"500/s, 1", "501/s, 2", "10k msgs/s, 20", "500k/s, 1000"})
    void required_throughput_sizes_the_partitions(String rate, int partitions) {
        assertThat(plan("requirements: {throughput: " + rate + "}").spec().backend())
                .isInstanceOfSatisfying(
                        BackendSpec.Kafka.class,
                        kafka -> assertThat(kafka.partitions()).isEqualTo(partitions));
    }

    @Test
    void a_small_message_size_needs_no_claim_check() {
        NamespacePlan plan = plan("requirements: {message_size: 1MB}");
        assertThat(plan.patterns()).isEmpty();
        assertThat(plan.notes())
                .contains("requirement message_size: 1MB fits into a record; no claim-check");
    }

    @Test
    void payloads_that_expire_before_their_records_are_worth_a_warning() {
        assertThat(
                        read("patterns: [{type: claim-check}]\n  backend: {type: kafka, retention: 8d}")
                                .warnings())
                .extracting(ParsedDocument.Warning::code)
                .containsExactly("CLAIMS_EXPIRE_FIRST");
    }

    @Test
    void tiers_and_claims_may_not_share_a_folder() {
        assertThat(
                        read("patterns: [{type: claim-check, prefix: a}, {type: tiered-storage, prefix: a/b}]")
                                .violations())
                .extracting(ParsedDocument.Violation::code)
                .containsExactly("STORAGE_OVERLAP");
    }

    @Test
    void two_namespaces_of_a_list_need_different_names() {
        assertThat(documents.read("namespaces: [{name: a}, {name: b}, {name: a}]").violations())
                .singleElement()
                .satisfies(
                        v -> {
                            assertThat(v.code()).isEqualTo("DUPLICATE_NAMESPACE");
                            assertThat(v.path()).isEqualTo("namespaces[2]");
                        });
    }

    @Test
    void a_later_section_replaces_a_namespace_and_adds_others() {
        ParsedDocument document =
                documents.read(
                        "namespaces: [{name: a}, {name: b}]\n"
                                + "namespaces: [{name: c}, {name: a, client_api: queue}]");
        assertThat(Plans.violations(document)).isEmpty();
        assertThat(document.plans())
                .extracting(plan -> plan.spec().name() + " " + plan.spec().api())
                .containsExactly("b PUBSUB", "c PUBSUB", "a QUEUE");
        assertThat(document.warnings())
                .extracting(ParsedDocument.Warning::code)
                .containsExactly("NAMESPACE_REPLACED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{name: a}, {name: b, backend: {type: kafka, topic_prefix: a}}",
                "{name: a}, {name: b, backend: {type: kafka, topic_prefix: a.b}}",
                "{name: a}, {name: b, backend: {type: kafka, topic: a.b}}",
                "{name: a, backend: {type: kafka, topic: t}}, {name: b, backend: {type: kafka, topic: t}}",
                "{name: a}, {name: b, patterns: [{type: claim-check, rehydrate: {topic: a.b}}],"
                        + " backend: {type: kafka, topic: t}}",
                "{name: a, backend: {type: kafka, topic: u}}, {name: b, patterns: [{type:"
                        + " claim-check, rehydrate: {topic: u}}], backend: {type: kafka, topic:"
                        + " t}}",
                "{name: a}, {name: b, client_api: transact, backend: {type: kafka, topic: a.b}}",
            })
    void namespaces_may_not_share_topics(String namespaces) {
        assertThat(documents.read("namespaces: [" + namespaces + "]").violations())
                .extracting(ParsedDocument.Violation::code)
                .containsExactly("TOPIC_OVERLAP");
    }

    private Optional<PatternSpec.Rehydrate> rehydrate(String claimCheck, String backend) {
        ParsedDocument document =
                documents.read(
                        "namespaces: [{name: a, patterns: [{type: claim-check, "
                                + claimCheck
                                + "}], backend: "
                                + backend
                                + "}]");
        assertThat(Plans.violations(document)).isEmpty();
        return document.plans()
                .getFirst()
                .spec()
                .pattern(ClaimCheck.class)
                .orElseThrow()
                .rehydrate();
    }

    @Test
    void derived_topics_are_made_where_they_are_asked_for() {
        assertThat(rehydrate("threshold: 1MB", "kafka")).isEmpty();
        assertThat(rehydrate("rehydrate: false", "kafka")).isEmpty();
        assertThat(rehydrate("rehydrate: {enabled: false, max_size: 4MB}", "kafka")).isEmpty();
        assertThat(rehydrate("rehydrate: true", "kafka"))
                .contains(new PatternSpec.Rehydrate(Optional.empty(), new DataSize(8_000_000), 8));
        assertThat(rehydrate("rehydrate: {max_size: 4MB, parallelism: 3}", "kafka"))
                .contains(new PatternSpec.Rehydrate(Optional.empty(), new DataSize(4_000_000), 3));
        assertThat(rehydrate("threshold: 10MB, rehydrate: true", "kafka"))
                .as("larger than the threshold")
                .contains(new PatternSpec.Rehydrate(Optional.empty(), new DataSize(20_000_000), 8));
        assertThat(rehydrate("rehydrate: {topic: whole}", "{type: kafka, topic: t}"))
                .hasValueSatisfying(asked -> assertThat(asked.derivedFrom("t")).isEqualTo("whole"));
        assertThat(rehydrate("rehydrate: true", "kafka").orElseThrow().derivedFrom("a.t"))
                .isEqualTo("a.t.rehydrated");
    }

    @Test
    void a_derived_topic_is_not_its_own_source() {
        assertThat(
                        documents
                                .read(
                                        "namespaces: [{name: a, patterns: [{type: claim-check,"
                                                + " rehydrate: {topic: t}}], backend: {type: kafka,"
                                                + " topic: t}}]")
                                .violations())
                .extracting(v -> v.code() + " " + v.path())
                .containsExactly("INVALID_VALUE namespaces[0].patterns[0].rehydrate.topic");
    }

    @Test
    void a_log_without_kafka_s_topics_has_none_derived() {
        assertThat(
                        documents
                                .read(
                                        "namespaces: [{name: a, patterns: [{type: claim-check,"
                                                + " rehydrate: true}], backend: nats}]")
                                .violations())
                .extracting(ParsedDocument.Violation::code)
                .containsExactly("INVALID_VALUE");
    }

    @Test
    void a_plan_says_what_is_derived() {
        // When
        ParsedDocument document =
                documents.read(
                        """
                        namespaces:
                          - name: videos
                            patterns: [{type: claim-check, rehydrate: true}]
                            backend: {type: kafka, topic: v, partitions: 3}
                          - name: images
                            patterns: [{type: claim-check, rehydrate: {max_size: 2MB}}]
                        """);

        // Then
        assertThat(document.plans().getFirst().objects())
                .contains(
                        new BackendObject(
                                "topic",
                                "v.rehydrated",
                                Map.of("partitions", "3", "max_size", "8MB")));
        assertThat(document.plans().get(1).objects())
                .contains(
                        new BackendObject(
                                "topics",
                                "images.*.rehydrated",
                                Map.of("partitions", "4", "max_size", "2MB")));
        assertThat(document.plans().getFirst().notes())
                .anyMatch(note -> note.startsWith("payloads of up to 8MB are put back into"));
    }

    @Test
    void namespaces_may_not_share_stored_objects() {
        String bucket = "patterns: [{type: claim-check, bucket: shared, prefix: p";
        assertThat(
                        documents
                                .read(
                                        "namespaces: [{name: a, "
                                                + bucket
                                                + "}]}, {name: b, "
                                                + bucket
                                                + "/q}]}]")
                                .violations())
                .extracting(ParsedDocument.Violation::code)
                .containsExactly("STORAGE_OVERLAP");
    }

    @Test
    @Timeout(60)
    void a_thousand_namespaces_are_one_document() {
        StringBuilder yaml = new StringBuilder("namespaces:\n");
        for (int i = 0; i < 1000; i++) {
            yaml.append("- {name: n" + i + ", patterns: [{type: outbox}, {type: claim-check}]}\n");
        }
        assertThat(documents.read(yaml.toString()).plans()).hasSize(1000);
    }

    @Test
    void a_document_s_violations_are_bounded() {
        String document = "namespaces:\n" + "- x\n".repeat(900);
        assertThat(documents.read(document).violations())
                .hasSize(501)
                .last()
                .extracting(ParsedDocument.Violation::code)
                .isEqualTo("TOO_MANY_VIOLATIONS");
        assertThat(documents.read("namespaces:\n" + "- x\n".repeat(1001)).violations()).hasSize(1);
    }

    private static Optional<Duration> week() {
        return Optional.of(Duration.ofDays(7));
    }

    private Cleanup cleanup(String options) {
        return claims(options).cleanup();
    }

    private ClaimCheck claims(String options) {
        return plan("patterns: [{type: claim-check" + options + "}]")
                .spec()
                .pattern(ClaimCheck.class)
                .orElseThrow();
    }

    private NamespacePlan plan(String options) {
        ParsedDocument document = read(options);
        assertThat(Plans.violations(document)).isEmpty();
        return document.plans().getFirst();
    }

    private ParsedDocument read(String options) {
        return documents.read("namespaces:\n- name: x\n  " + options);
    }
}
