package io.prism.gateway.namespace;

import io.prism.core.spec.BackendSpec;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
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
    /** Without a claim check: 1 MiB, Kafka's usual limit. */
    static final int DEFAULT_MAX_INLINE = 1 << 20;

    /** Room for key, metadata and Prism's headers beside the payload. */
    private static final int HEAD_ROOM = 256 << 10;

    TopicSettings of(NamespaceSpec spec, BackendSpec.Kafka kafka, String topic) {
        return new TopicSettings(
                topic,
                kafka.partitions(),
                embedded ? -1 : kafka.replication().orElse(-1),
                kafka.retention().map(Duration::toMillis).orElse(-1L),
                maxInline(spec) + HEAD_ROOM);
    }

    /** The derived topic of whole payloads, partition for partition; empty where none is asked. */
    Optional<TopicSettings> rehydrated(NamespaceSpec spec, BackendSpec.Kafka kafka, String topic) {
        return spec.pattern(PatternSpec.ClaimCheck.class)
                .flatMap(PatternSpec.ClaimCheck::rehydrate)
                .map(
                        rehydrate -> {
                            TopicSettings source = of(spec, kafka, topic);
                            long largest =
                                    Math.max(maxInline(spec), rehydrate.maxSize().bytes())
                                            + HEAD_ROOM;
                            return new TopicSettings(
                                    rehydrate.derivedFrom(topic),
                                    source.partitions(),
                                    source.replication(),
                                    source.retentionMillis(),
                                    Math.toIntExact(largest));
                        });
    }

    /** The largest payload that a record of this namespace holds. */
    int maxInline(NamespaceSpec spec) {
        long threshold =
                spec.pattern(PatternSpec.ClaimCheck.class)
                        .map(claimCheck -> claimCheck.threshold().bytes())
                        .orElse(0L);
        return Math.toIntExact(Math.max(DEFAULT_MAX_INLINE, threshold));
    }
}
