package io.prism.bench;

/**
 * What a namespace of a run is for.
 *
 * @param api as {@code client_api} names it
 * @param backend lines of YAML as {@code patterns}, with {@code PARTITIONS} for their number
 * @param patterns lines of YAML, each with its end and indented to stand in a namespace; may be
 *     empty
 */
record NamespaceKind(String api, String backend, String patterns) {
    private static final String KAFKA =
            """
                backend:
                  type: kafka
                  partitions: PARTITIONS
            """;
    private static final String POSTGRES =
            """
                backend: postgres
            """;

    /** On Kafka without patterns. */
    static NamespaceKind plain() {
        return new NamespaceKind("pubsub", KAFKA, "");
    }

    /** Work queues on Kafka without patterns. */
    static NamespaceKind queue() {
        return new NamespaceKind("queue", KAFKA, "");
    }

    /** Stores payloads above 1 MB as claims. */
    static NamespaceKind claims() {
        return new NamespaceKind(
                "pubsub",
                KAFKA,
                """
                    patterns:
                      - type: claim-check
                        threshold: 1MB
                        storage: s3
                """);
    }

    /** Publishes by way of a database; stores payloads above 1 MB as claims. */
    static NamespaceKind outbox() {
        return new NamespaceKind(
                "pubsub",
                KAFKA,
                """
                    patterns:
                      - type: outbox
                      - type: claim-check
                        threshold: 1MB
                        storage: s3
                """);
    }

    /**
     * Stores payloads above 500 kB as claims, and derives topics of whole payloads from its own.
     *
     * @param parallel downloads at a time
     */
    static NamespaceKind rehydrated(int parallel) {
        return new NamespaceKind(
                "pubsub",
                KAFKA,
                """
                    patterns:
                      - type: claim-check
                        threshold: 500KB
                        storage: s3
                        rehydrate: {max_size: 8MB, parallelism: %d}
                """
                        .formatted(parallel));
    }

    /** Reads a table by way of a cache. */
    static NamespaceKind cached(String table) {
        return new NamespaceKind(
                "reader",
                POSTGRES,
                """
                    collections: [%s]
                    patterns:
                      - type: cache
                        ttl: 900
                        key_pattern: "row:{id}"
                """
                        .formatted(table));
    }

    /** Reads a table by way of a cache whose invalidator follows the table's changes. */
    static NamespaceKind invalidated(String table) {
        return new NamespaceKind(
                "reader",
                POSTGRES,
                """
                    patterns:
                      - type: cache
                        strategy: look-aside
                        ttl: 900
                        key_pattern: "row:{id}"
                      - type: cdc
                        source: {database: postgres, table: %s}
                        snapshot: never
                        consumers:
                          - name: cache-invalidator
                            type: cache_invalidator
                            operations: [UPDATE, DELETE]
                            key_extractor: "row:{after.id}"
                """
                        .formatted(table));
    }

    /** The namespace as YAML. */
    String document(String name, int partitions) {
        return """
        namespaces:
          - name: %s
            client_api: %s
        %s%s"""
                .formatted(
                        name,
                        api,
                        patterns,
                        backend.replace("PARTITIONS", Integer.toString(partitions)));
    }
}
