package io.prism.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.spec.ParsedDocument.Violation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes people make, and what they are told. */
class MistakesTest {
    private final NamespaceDocuments documents = new NamespaceDocuments(List.of("redact"));

    static Stream<Arguments> mistakes() {
        return Stream.of(
                // The document
                mistake("", "namespaces", "MISSING_OPTION", "begin it with `namespaces:`"),
                mistake(
                        "namespaces:",
                        "namespaces",
                        "INVALID_VALUE",
                        "begin each namespace with a dash"),
                mistake(
                        "namespaces: []",
                        "namespaces",
                        "INVALID_VALUE",
                        "begin each namespace with a dash"),
                mistake(
                        "namespaces: {a: b}",
                        "namespaces",
                        "INVALID_VALUE",
                        "begin each namespace with a dash"),
                mistake("namespaces:\n- x", "namespaces[0]", "INVALID_VALUE", "write `- name: …`"),
                mistake("- name: x", "", "INVALID_VALUE", "put the list under `namespaces:`"),
                mistake(
                        "name: x\nclient_api: queue",
                        "namespaces",
                        "MISSING_OPTION",
                        "write `- name: …` below it"),
                mistake(
                        "namespace:\n- name: x",
                        "namespaces",
                        "MISSING_OPTION",
                        "begin the document with"),
                mistake("namespaces:\n- name: x\nversion: 1", "version", "UNKNOWN_OPTION", ""),
                mistake("hello", "", "INVALID_VALUE", "begin it with `namespaces:`"),
                // The namespace
                namespace(
                        "client_api: queue",
                        "name",
                        "MISSING_OPTION",
                        "add name: video-processing"),
                named("name: y", "name", "DUPLICATE_KEY", "remove one"),
                namespace(
                        "name: Video Processing",
                        "name",
                        "INVALID_VALUE",
                        "did you mean `video-processing`?"),
                namespace("name: a.b", "name", "INVALID_VALUE", "did you mean `a-b`?"),
                namespace("name: prism", "name", "INVALID_VALUE", ""),
                namespace("name:", "name", "INVALID_VALUE", "write a value"),
                named(
                        "client_api: pub-sub",
                        "client_api",
                        "INVALID_VALUE",
                        "did you mean `pubsub`?"),
                named("client_api: quue", "client_api", "INVALID_VALUE", "did you mean `queue`?"),
                named("client_api: [queue]", "client_api", "INVALID_VALUE", "write one value"),
                named(
                        "client-api: queue",
                        "client-api",
                        "UNKNOWN_OPTION",
                        "did you mean `client_api`?"),
                named(
                        "clientApi: queue",
                        "clientApi",
                        "UNKNOWN_OPTION",
                        "did you mean `client_api`?"),
                named("pattern: []", "pattern", "UNKNOWN_OPTION", "did you mean `patterns`?"),
                named(
                        "observability: {trace_patterns: yes}",
                        "observability.trace_patterns",
                        "INVALID_VALUE",
                        "did you mean `true`?"),
                named(
                        "observability: {metrics: true}",
                        "observability.metrics",
                        "UNKNOWN_OPTION",
                        ""),
                named("observability: true", "observability", "INVALID_VALUE", "`option: value`"),
                // The list of patterns
                named(
                        "patterns: outbox",
                        "patterns",
                        "INVALID_VALUE",
                        "begin each pattern with a dash"),
                named(
                        "patterns: {outbox: {}}",
                        "patterns",
                        "INVALID_VALUE",
                        "begin each pattern with a dash"),
                named(
                        "patterns: [outbox]",
                        "patterns[0]",
                        "INVALID_VALUE",
                        "write `- type: outbox`"),
                named(
                        "patterns: [{outbox: {table: t}}]",
                        "patterns[0].type",
                        "MISSING_OPTION",
                        "write `type: outbox`"),
                named(
                        "patterns: [{threshold: 1MB}]",
                        "patterns[0].type",
                        "MISSING_OPTION",
                        "add type"),
                named(
                        "patterns: [{type: claimcheck}]",
                        "patterns[0].type",
                        "UNKNOWN_PATTERN",
                        "did you mean `claim-check`?"),
                named(
                        "patterns: [{type: claim_check}]",
                        "patterns[0].type",
                        "UNKNOWN_PATTERN",
                        "did you mean `claim-check`?"),
                named(
                        "patterns: [{type: redcat}]",
                        "patterns[0].type",
                        "UNKNOWN_PATTERN",
                        "did you mean `redact`?"),
                named(
                        "patterns: [{type: [outbox]}]",
                        "patterns[0].type",
                        "INVALID_VALUE",
                        "write one value"),
                named(
                        "patterns: [{type: outbox}, {type: outbox}]",
                        "patterns[1]",
                        "DUPLICATE_PATTERN",
                        "merge the two"),
                named(
                        "patterns: [{type: outbox, enabled: maybe}]",
                        "patterns[0].enabled",
                        "INVALID_VALUE",
                        ""),
                named(
                        "patterns: [{type: outbox, enabled: off}]",
                        "patterns[0].enabled",
                        "INVALID_VALUE",
                        "did you mean `false`?"),
                // Options of patterns
                pattern(
                        "claim-check",
                        "treshold: 1MB",
                        "treshold",
                        "UNKNOWN_OPTION",
                        "did you mean `threshold`?"),
                pattern(
                        "claim-check",
                        "config: {treshold: 1MB}",
                        "config.treshold",
                        "UNKNOWN_OPTION",
                        "did you mean `threshold`?"),
                pattern("claim-check", "config: 5", "config", "INVALID_VALUE", "`option: value`"),
                pattern(
                        "claim-check",
                        "config: {config: {}}",
                        "config.config",
                        "UNKNOWN_OPTION",
                        ""),
                pattern(
                        "claim-check",
                        "threshold: 1MB, config: {threshold: 2MB}",
                        "config.threshold",
                        "DUPLICATE_KEY",
                        "remove one"),
                pattern(
                        "claim-check",
                        "threshold: 1M",
                        "threshold",
                        "INVALID_VALUE",
                        "write 1MB (decimal) or 1MiB"),
                pattern("claim-check", "threshold: -1MB", "threshold", "INVALID_VALUE", ""),
                pattern("claim-check", "threshold: .nan", "threshold", "INVALID_VALUE", ""),
                pattern("claim-check", "threshold: 5GB", "threshold", "INVALID_VALUE", ""),
                pattern(
                        "claim-check",
                        "threshold: 99999999999999999999",
                        "threshold",
                        "INVALID_VALUE",
                        ""),
                pattern(
                        "claim-check",
                        "threshold: ",
                        "threshold",
                        "INVALID_VALUE",
                        "write a value"),
                pattern(
                        "claim-check",
                        "threshold: {max: 1MB}",
                        "threshold",
                        "INVALID_VALUE",
                        "quote the value"),
                pattern("claim-check", "storage: gcs", "storage", "INVALID_VALUE", ""),
                pattern("claim-check", "storage: {type: s3}", "storage.type", "UNKNOWN_OPTION", ""),
                pattern(
                        "claim-check",
                        "storage: {bucket: a-bucket}, bucket: b-bucket",
                        "bucket",
                        "DUPLICATE_KEY",
                        "remove one"),
                pattern(
                        "claim-check",
                        "storage: [s3]",
                        "storage",
                        "INVALID_VALUE",
                        "`option: value`"),
                pattern("claim-check", "bucket: My_Bucket", "bucket", "INVALID_VALUE", ""),
                pattern("claim-check", "bucket: 10.0.0.1", "bucket", "INVALID_VALUE", ""),
                pattern("claim-check", "bucket: 'a/b'", "bucket", "INVALID_VALUE", ""),
                pattern(
                        "claim-check",
                        "prefix: /videos",
                        "prefix",
                        "INVALID_VALUE",
                        "without the slash"),
                pattern(
                        "claim-check",
                        "prefix: a/../b",
                        "prefix",
                        "INVALID_VALUE",
                        "write the folders out"),
                pattern(
                        "claim-check",
                        "prefix: \"a\\nb\"",
                        "prefix",
                        "INVALID_VALUE",
                        "letters, digits"),
                pattern("claim-check", "prefix: ''", "prefix", "INVALID_VALUE", "remove the key"),
                pattern("claim-check", "compression: lz4", "compression", "INVALID_VALUE", ""),
                pattern(
                        "claim-check",
                        "compression: gizp",
                        "compression",
                        "INVALID_VALUE",
                        "did you mean `gzip`?"),
                pattern(
                        "claim-check",
                        "cleanup: on_consume",
                        "cleanup",
                        "INVALID_VALUE",
                        "`option: value`"),
                pattern(
                        "claim-check",
                        "cleanup: {strategy: on-consumed}",
                        "cleanup.strategy",
                        "INVALID_VALUE",
                        "did you mean `on_consume`?"),
                pattern(
                        "claim-check",
                        "cleanup: {ttl: 1 month}",
                        "cleanup.ttl",
                        "INVALID_VALUE",
                        "write it in days"),
                pattern("claim-check", "cleanup: {ttl: 0}", "cleanup.ttl", "INVALID_VALUE", ""),
                pattern(
                        "claim-check",
                        "metadata_field: prism-id",
                        "metadata_field",
                        "INVALID_VALUE",
                        ""),
                pattern(
                        "claim-check",
                        "metadata_field: Claim_Check_Key",
                        "metadata_field",
                        "INVALID_VALUE",
                        ""),
                pattern(
                        "claim-check",
                        "metadata_field: 'a b'",
                        "metadata_field",
                        "INVALID_VALUE",
                        ""),
                pattern(
                        "claim-check",
                        "storage: {endpoint: localhost}",
                        "storage.endpoint",
                        "INVALID_VALUE",
                        ""),
                pattern(
                        "claim-check",
                        "storage: {endpoint: 'https://u:p@h'}",
                        "storage.endpoint",
                        "INVALID_VALUE",
                        "leave them out"),
                pattern("outbox", "table: 'drop table x'", "table", "INVALID_VALUE", ""),
                pattern("outbox", "table: a.b.c", "table", "INVALID_VALUE", ""),
                pattern("outbox", "database: [a]", "database", "INVALID_VALUE", "write one value"),
                pattern(
                        "outbox",
                        "publisher: {batchSize: 5}",
                        "publisher.batchSize",
                        "UNKNOWN_OPTION",
                        "did you mean `batch_size`?"),
                pattern(
                        "outbox",
                        "publisher: {batch_size: 0}",
                        "publisher.batch_size",
                        "INVALID_VALUE",
                        ""),
                pattern(
                        "outbox",
                        "publisher: {batch_size: 1.5}",
                        "publisher.batch_size",
                        "INVALID_VALUE",
                        ""),
                pattern(
                        "outbox",
                        "publisher: {batch_size: many}",
                        "publisher.batch_size",
                        "INVALID_VALUE",
                        ""),
                pattern(
                        "outbox",
                        "publisher: {interval: 100}",
                        "publisher.interval",
                        "INVALID_VALUE",
                        "write 100ms or 100s"),
                pattern(
                        "outbox",
                        "publisher: {interval: 0ms}",
                        "publisher.interval",
                        "INVALID_VALUE",
                        ""),
                pattern("outbox", "publisher: {mode: poll}", "publisher.mode", "INVALID_VALUE", ""),
                pattern(
                        "outbox",
                        "publisher: polling",
                        "publisher",
                        "INVALID_VALUE",
                        "`option: value`"),
                pattern(
                        "cdc",
                        "source: {database: d}",
                        "source.tables",
                        "MISSING_OPTION",
                        "add it under source"),
                pattern(
                        "cdc",
                        "source: {table: a, tables: [b], database: d}",
                        "source.tables",
                        "DUPLICATE_KEY",
                        "remove one"),
                pattern(
                        "cdc",
                        "source: {table: t}",
                        "source.database",
                        "MISSING_OPTION",
                        "add it under source"),
                pattern(
                        "cdc",
                        "source: {tables: [t, t], database: d}",
                        "source.tables[1]",
                        "INVALID_VALUE",
                        "remove one"),
                pattern(
                        "cdc",
                        "source: {tables: [], database: d}",
                        "source.tables",
                        "INVALID_VALUE",
                        "at least one"),
                consumer("type: webhook, url: 'http://h/'", "name", "MISSING_OPTION", "add name"),
                consumer("name: n", "type", "MISSING_OPTION", "add type"),
                consumer(
                        "name: n, type: cache-invalidater, key_extractor: '{id}'",
                        "type",
                        "INVALID_VALUE",
                        "did you mean `cache_invalidator`?"),
                consumer(
                        "name: n, type: cache_invalidator",
                        "key_extractor",
                        "MISSING_OPTION",
                        "add key_extractor"),
                consumer(
                        "name: n, type: cache_invalidator, key_extractor: all",
                        "key_extractor",
                        "INVALID_VALUE",
                        "such as"),
                consumer(
                        "name: n, type: cache_invalidator, key_extractor: '{after.id'",
                        "key_extractor",
                        "INVALID_VALUE",
                        ""),
                consumer(
                        "name: n, type: cache_invalidator, key_extractor: '{old.id}'",
                        "key_extractor",
                        "INVALID_VALUE",
                        "such as"),
                consumer(
                        "name: n, type: cache_invalidator, key_extractor: {after.id: x}",
                        "key_extractor",
                        "INVALID_VALUE",
                        "quote the value"),
                consumer("name: n, type: webhook", "url", "MISSING_OPTION", "add url"),
                consumer(
                        "name: n, type: webhook, url: 'http://h/', topic: t",
                        "topic",
                        "UNUSED_OPTION",
                        "remove it"),
                consumer(
                        "name: n, type: topic, topic: t, backend: redis",
                        "backend",
                        "UNUSED_OPTION",
                        "remove it"),
                consumer(
                        "name: n, type: topic, topic: t, operations: [UPSERT]",
                        "operations[0]",
                        "INVALID_VALUE",
                        "did you mean `INSERT`?"),
                // Backends
                named("backend: kafak", "backend", "UNKNOWN_BACKEND", "did you mean `kafka`?"),
                named(
                        "backend: postgresql",
                        "backend",
                        "UNKNOWN_BACKEND",
                        "did you mean `postgres`?"),
                named("backend:", "backend", "INVALID_VALUE", "write `backend: kafka`"),
                named("backend: [kafka]", "backend", "INVALID_VALUE", "write `type: kafka`"),
                named("backend: {topic: t}", "backend.type", "MISSING_OPTION", "add type: kafka"),
                named(
                        "backend: {type: kafka, queue: kafka}",
                        "backend.queue",
                        "DUPLICATE_KEY",
                        "remove one"),
                kafka("partition: 3", "partition", "UNKNOWN_OPTION", "did you mean `partitions`?"),
                kafka("replication_factor: 3", "replication_factor", "UNKNOWN_OPTION", ""),
                kafka("partitions: 0", "partitions", "INVALID_VALUE", ""),
                kafka("partitions: 1001", "partitions", "INVALID_VALUE", ""),
                kafka("partitions: '3 '", "partitions", "INVALID_VALUE", ""),
                kafka("replication: 32768", "replication", "INVALID_VALUE", ""),
                kafka("topic: a b", "topic", "INVALID_VALUE", ""),
                kafka("topic: ..", "topic", "INVALID_VALUE", ""),
                kafka("topic: prism.audit", "topic", "INVALID_VALUE", ""),
                kafka("topic: __consumer_offsets", "topic", "INVALID_VALUE", ""),
                kafka("topic: videos.dlq", "topic", "INVALID_VALUE", ""),
                kafka("topic: videos.rehydrated", "topic", "INVALID_VALUE", ""),
                kafka("topic: " + "t".repeat(239), "topic", "INVALID_VALUE", ""),
                kafka("topic_prefix: prism", "topic_prefix", "INVALID_VALUE", ""),
                kafka("topic_prefix: video.", "topic_prefix", "INVALID_VALUE", ""),
                kafka(
                        "topic: t, topic_prefix: p",
                        "topic_prefix",
                        "UNUSED_OPTION",
                        "remove topic_prefix"),
                kafka("brokers: 'a:1,b:2'", "brokers", "INVALID_VALUE", "write a list: [a:1,b:2]"),
                kafka("brokers: [kafka-1]", "brokers[0]", "INVALID_VALUE", ""),
                kafka("brokers: ['a:99999']", "brokers[0]", "INVALID_VALUE", ""),
                kafka("retention: 1", "retention", "INVALID_VALUE", "write 1ms or 1s"),
                named(
                        "backend: {type: nats, partitions: 3}",
                        "backend.partitions",
                        "UNKNOWN_OPTION",
                        ""),
                // Derived topics
                pattern("claim-check", "rehydrate: maybe", "rehydrate", "INVALID_VALUE", ""),
                pattern(
                        "claim-check",
                        "rehydrate: {max-size: 4MB}",
                        "rehydrate.max-size",
                        "UNKNOWN_OPTION",
                        "did you mean `max_size`?"),
                pattern(
                        "claim-check",
                        "threshold: 4MB, rehydrate: {max_size: 4MB}",
                        "rehydrate.max_size",
                        "INVALID_VALUE",
                        "raise max_size, or lower the threshold"),
                pattern(
                        "claim-check",
                        "rehydrate: {max_size: 65MiB}",
                        "rehydrate.max_size",
                        "INVALID_VALUE",
                        ""),
                pattern(
                        "claim-check",
                        "rehydrate: {parallelism: 0}",
                        "rehydrate.parallelism",
                        "INVALID_VALUE",
                        ""),
                pattern(
                        "claim-check",
                        "rehydrate: {topic: whole}",
                        "rehydrate.topic",
                        "INVALID_VALUE",
                        "each topic gets <topic>.rehydrated"),
                // Requirements
                named(
                        "requirements: {message-size: 5GB}",
                        "requirements.message-size",
                        "UNKNOWN_OPTION",
                        "did you mean `message_size`?"),
                named("requirements: {latency: 5ms}", "requirements.latency", "UNKNOWN_OPTION", ""),
                named(
                        "requirements: {consistency: storng}",
                        "requirements.consistency",
                        "INVALID_VALUE",
                        "did you mean `strong`?"),
                named(
                        "requirements: {throughput: 10000}",
                        "requirements.throughput",
                        "INVALID_VALUE",
                        "write 10000/s"),
                named(
                        "requirements: {throughput: 10M/s}",
                        "requirements.throughput",
                        "REQUIREMENT_NOT_MET",
                        "several namespaces"),
                named(
                        "requirements: {retention: 1 year}",
                        "requirements.retention",
                        "INVALID_VALUE",
                        "write it in days"),
                named("requirements: [strong]", "requirements", "INVALID_VALUE", "`option: value`"),
                named(
                        "requirements: {retention: 1d}\n  patterns: []",
                        "requirements",
                        "CONFLICTING_OPTIONS",
                        "remove one"),
                named(
                        "requirements: {throughput: 10k/s}\n  backend: {type: kafka, partitions: 3}",
                        "backend.partitions",
                        "CONFLICTING_OPTIONS",
                        "write partitions: 20"),
                named(
                        "requirements: {throughput: 10k/s}\n  backend: nats",
                        "requirements.throughput",
                        "REQUIREMENT_NOT_MET",
                        "use backend kafka"),
                named(
                        "client_api: reader\n  requirements: {message_size: 5GB}",
                        "requirements.message_size",
                        "INCOMPATIBLE_PATTERN",
                        "claim-check serves"),
                // Reading ahead
                cache(
                        "warm_up: {rows: 5}",
                        "warm_up.collection",
                        "MISSING_OPTION",
                        "add it under warm_up, such as collection: user_profiles"),
                cache(
                        "warm_up: {collection: t, where: [id]}",
                        "warm_up.where[0]",
                        "INVALID_VALUE",
                        ""),
                cache(
                        "warm_up: {collection: t, sort: 'id; drop'}",
                        "warm_up.sort",
                        "INVALID_VALUE",
                        ""),
                named(
                        "client_api: reader\n  collections: [a, b]\n"
                                + "  patterns: [{type: cache, warm_up: c}]",
                        "collections",
                        "INVALID_VALUE",
                        "declare it under `collections`"),
                mistake(
                        "namespaces:\n- name: x\n  client_api: cache\n"
                                + "  patterns: [{type: cache, warm_up: c}]",
                        "namespaces[0]",
                        "UNUSED_OPTION",
                        "set client_api to reader"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void a_mistake_is_named_with_its_place_and_a_remedy(
            String yaml, String path, String code, String suggestion) {
        // When
        ParsedDocument document = documents.read(yaml);

        // Then
        assertThat(document.plans()).isEmpty();
        assertThat(document.violations()).as("%s", Plans.violations(document)).hasSize(1);
        Violation violation = document.violations().getFirst();
        assertThat(violation.path()).isEqualTo(path);
        assertThat(violation.code()).isEqualTo(code);
        assertThat(violation.suggestion()).contains(suggestion);
        assertThat(violation.message()).isNotBlank();
        assertThat(violation.found().length()).isLessThanOrEqualTo(61);
        if (!yaml.isEmpty()) {
            assertThat(violation.line()).isPositive();
            assertThat(violation.column()).isPositive();
        }
        // A value that is refused comes with a remedy or with what is allowed.
        assertThat(violation.suggestion() + violation.allowed()).isNotEqualTo("[]");
    }

    @Test
    void a_reordered_chain_without_a_meaning_is_refused_with_the_right_order() {
        ParsedDocument document =
                documents.read(
                        "namespaces:\n- name: x\n  client_api: queue\n"
                                + "  patterns: [{type: tiered-storage}, {type: wal}]");
        assertThat(document.violations())
                .singleElement()
                .satisfies(
                        v -> {
                            assertThat(v.code()).isEqualTo("INCOMPATIBLE_PATTERN_ORDER");
                            assertThat(v.path()).isEqualTo("namespaces[0].patterns[1]");
                            assertThat(v.found()).isEqualTo("[tiered-storage, wal]");
                            assertThat(v.allowed()).containsExactly("[wal, tiered-storage]");
                            assertThat(v.suggestion()).isEqualTo("put wal before tiered-storage");
                        });
    }

    private static Arguments mistake(String yaml, String path, String code, String suggestion) {
        return Arguments.of(yaml, path, code, suggestion);
    }

    private static Arguments namespace(String yaml, String path, String code, String suggestion) {
        return mistake("namespaces:\n- " + yaml, "namespaces[0]." + path, code, suggestion);
    }

    private static Arguments named(String yaml, String path, String code, String suggestion) {
        return namespace("name: x\n  " + yaml, path, code, suggestion);
    }

    private static Arguments pattern(
            String type, String options, String path, String code, String suggestion) {
        return named(
                "patterns:\n  - {type: " + type + ", " + options + "}",
                "patterns[0]." + path,
                code,
                suggestion);
    }

    private static Arguments cache(String options, String path, String code, String suggestion) {
        return named(
                "client_api: reader\n  collections: t\n"
                        + "  patterns: [{type: cache, "
                        + options
                        + "}]",
                "patterns[0]." + path,
                code,
                suggestion);
    }

    private static Arguments consumer(String options, String path, String code, String suggestion) {
        return pattern(
                "cdc",
                "source: {database: d, table: t}, consumers: [{" + options + "}]",
                "consumers[0]." + path,
                code,
                suggestion);
    }

    private static Arguments kafka(String options, String path, String code, String suggestion) {
        return named(
                "backend: {type: kafka, " + options + "}", "backend." + path, code, suggestion);
    }
}
