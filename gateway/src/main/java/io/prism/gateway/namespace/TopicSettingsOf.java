package io.prism.gateway.namespace;

import io.prism.core.spec.BackendSpec;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.RecordLimits;
import io.prism.gateway.backend.LogBackend.TopicSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * From what a namespace declares to the settings of its topics.
 *
 * @param embedded the log is a single embedded broker: replication is its default whatever is
 *     declared
 */
record TopicSettingsOf(boolean embedded) {
    TopicSettings of(NamespaceSpec spec, BackendSpec.Kafka kafka, String topic) {
        return new TopicSettings(
                topic,
                kafka.partitions(),
                embedded ? -1 : kafka.replication().orElse(-1),
                kafka.retention().map(Duration::toMillis).orElse(-1L),
                RecordLimits.topic(spec));
    }

    /** The derived topic of whole payloads, partition for partition; empty where none is asked. */
    Optional<TopicSettings> rehydrated(NamespaceSpec spec, BackendSpec.Kafka kafka, String topic) {
        return spec.pattern(PatternSpec.ClaimCheck.class)
                .flatMap(PatternSpec.ClaimCheck::rehydrate)
                .map(
                        rehydrate -> {
                            TopicSettings source = of(spec, kafka, topic);
                            return new TopicSettings(
                                    rehydrate.derivedFrom(topic),
                                    source.partitions(),
                                    source.replication(),
                                    source.retentionMillis(),
                                    RecordLimits.rehydratedTopic(spec, rehydrate));
                        });
    }
}
