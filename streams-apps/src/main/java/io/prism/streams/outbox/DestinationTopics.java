package io.prism.streams.outbox;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.BackendSpec;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.RecordLimits;
import io.prism.core.spec.TopicSpace;
import io.prism.streams.kafka.TopicAdmin;
import io.prism.topologies.outboxrelay.Destinations;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Makes a namespace's topics on first use, as a gateway would, and looks at each once for as long
 * as the namespace does not change and nothing fails. Thread-safe.
 */
final class DestinationTopics implements Destinations {
    /** As gateways have it. */
    private static final int MAX_TOPICS = 1_000;

    private final TopicAdmin topics;
    private final boolean embedded;
    private final Map<String, NamespaceSpec> ready = new ConcurrentHashMap<>();

    /**
     * @param embedded the cluster is a single broker: replication is its default whatever is
     *     declared
     */
    DestinationTopics(Admin admin, boolean embedded) {
        this.topics = new TopicAdmin(admin);
        this.embedded = embedded;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the same declaration, read once
    public void ensure(NamespaceSpec namespace, String kafkaTopic) {
        if (ready.get(kafkaTopic) == namespace) {
            return;
        }
        make(namespace, kafkaTopic);
        ready.put(kafkaTopic, namespace);
    }

    @Override
    public void lookAgain() {
        ready.clear();
    }

    private void make(NamespaceSpec namespace, String kafkaTopic) {
        BackendSpec.Kafka kafka =
                namespace.backend() instanceof BackendSpec.Kafka declared
                        ? declared
                        : BackendSpec.Kafka.defaults(namespace.name());
        int maxMessageBytes = RecordLimits.topic(namespace);
        if (topics.describe(Set.of(kafkaTopic)).isEmpty()) {
            checkLimit(namespace, kafka);
            if (topics.make(topic(kafka, kafkaTopic, maxMessageBytes))) {
                return;
            }
        }
        topics.raiseMaxMessageBytes(kafkaTopic, maxMessageBytes);
    }

    private void checkLimit(NamespaceSpec namespace, BackendSpec.Kafka kafka) {
        TopicSpace space = TopicSpace.of(kafka);
        if (space.onlyTopic().isEmpty()
                && topics.existing().stream()
                                .filter(topic -> space.topicOf(topic).isPresent())
                                .count()
                        >= MAX_TOPICS) {
            throw new PrismException(
                    ErrorCode.TOPIC_LIMIT_REACHED,
                    "namespace "
                            + namespace.name()
                            + " has "
                            + MAX_TOPICS
                            + " topics, which is the most a namespace may have");
        }
    }

    private NewTopic topic(BackendSpec.Kafka kafka, String name, int maxMessageBytes) {
        Map<String, String> config = new HashMap<>();
        config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxMessageBytes));
        kafka.retention()
                .ifPresent(
                        kept ->
                                config.put(
                                        TopicConfig.RETENTION_MS_CONFIG,
                                        Long.toString(kept.toMillis())));
        Optional<Short> replication =
                embedded ? Optional.empty() : kafka.replication().map(Integer::shortValue);
        if (replication.orElse((short) 1) >= 3) {
            config.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2");
        }
        return new NewTopic(name, Optional.of(kafka.partitions()), replication).configs(config);
    }
}
