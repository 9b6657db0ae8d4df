package io.prism.core.spec;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where a namespace runs. */
public sealed interface BackendSpec {
    /** As written in {@code backend.type}. */
    String type();

    /**
     * @param brokers informational where the process has its own cluster; empty where not declared
     * @param topic if given, the namespace's only topic
     * @param topicPrefix what topics begin with, without the dot; the namespace's name unless
     *     declared
     * @param replication the cluster's default where absent
     * @param retention how long the log keeps records; the cluster's default where absent
     */
    record Kafka(
            List<String> brokers,
            Optional<String> topic,
            String topicPrefix,
            int partitions,
            Optional<Integer> replication,
            Optional<Duration> retention)
            implements BackendSpec {
        public static final int DEFAULT_PARTITIONS = 4;

        /** What a namespace gets that declares nothing about Kafka. */
        public static Kafka defaults(NamespaceName namespace) {
            return new Kafka(
                    List.of(),
                    Optional.empty(),
                    namespace.value(),
                    DEFAULT_PARTITIONS,
                    Optional.empty(),
                    Optional.empty());
        }

        @Override
        public String type() {
            return "kafka";
        }
    }

    record Postgres(String database) implements BackendSpec {
        @Override
        public String type() {
            return "postgres";
        }
    }

    /**
     * Known by name and checked for compatibility; served when its issue is built (redis, s3, nats,
     * clickhouse, …).
     */
    record Other(String type) implements BackendSpec {}
}
