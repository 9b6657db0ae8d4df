package io.prism.bench;

/**
 * What a namespace of a run is for.
 *
 * @param api as {@code client_api} names it
 * @param patterns lines of YAML, each with its end and indented to stand in a namespace; may be
 *     empty
 */
record NamespaceKind(String api, String patterns) {

    /** On Kafka without patterns. */
    static NamespaceKind plain() {
        return new NamespaceKind("pubsub", "");
    }

    /** Work queues on Kafka without patterns. */
    static NamespaceKind queue() {
        return new NamespaceKind("queue", "");
    }

    /** Stores payloads above 1 MB as claims. */
    static NamespaceKind claims() {
        return new NamespaceKind(
                "pubsub",
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
                """
                    patterns:
                      - type: claim-check
                        threshold: 500KB
                        storage: s3
                        rehydrate: {max_size: 8MB, parallelism: %d}
                """
                        .formatted(parallel));
    }

    /** The namespace as YAML. */
    String document(String name, int partitions) {
        return """
        namespaces:
          - name: %s
            client_api: %s
        %s    backend:
              type: kafka
              partitions: %d
        """
                .formatted(name, api, patterns, partitions);
    }
}
