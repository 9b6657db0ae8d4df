package io.prism.topologies.outboxrelay;

import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.outbox.OutboxTopics;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.TopicNameExtractor;
import org.apache.kafka.streams.state.Stores;

/**
 * The rows of all databases in; messages, what the claim lifecycle must know of their claims,
 * reports and dead letters out. A message's partition is the producer's own choice, so that it is
 * the one any producer would choose for its key.
 */
public final class OutboxRelayTopology {
    /** How long a repetition of a row is known, unless told otherwise. */
    public static final Duration RETENTION = Duration.ofDays(1);

    static final String SOURCE = "committed-rows";
    static final String PROCESSOR = "outbox-relay";
    static final String WAITING = "waiting-rows";
    static final String DESTINATIONS = "messages";
    static final String CLAIMS = "published-claims";
    static final String RELAYED = "relayed-rows";
    static final String DEAD = "dead-rows";

    private static final Pattern ROWS =
            Pattern.compile(Pattern.quote(OutboxTopics.ROWS_PREFIX) + ".+");

    /** A row as large as a rows topic takes, and what it takes to keep it. */
    private static final String LARGEST = Integer.toString(17 << 20);

    /**
     * Whole segments are forgotten, once their last id is. By Kafka's defaults one is open for a
     * week, all of which a relay that was killed would read again before it goes on.
     */
    private static final Map<String, String> SHORT_SEGMENTS =
            Map.of(
                    TopicConfig.SEGMENT_MS_CONFIG,
                    Long.toString(Duration.ofHours(1).toMillis()),
                    TopicConfig.SEGMENT_BYTES_CONFIG,
                    Integer.toString(64 << 20));

    private OutboxRelayTopology() {}

    /**
     * @param routes asked for every row, from the stream thread; must answer at once
     * @param retention how long a repetition of a row is known
     */
    public static Topology build(
            Supplier<Routes> routes,
            Destinations destinations,
            RelayMetrics metrics,
            Duration retention) {
        Serializer<byte[]> keys = new ByteArraySerializer();
        Serializer<Emitted> values = (topic, emitted) -> emitted == null ? null : emitted.value();
        return new Topology()
                .addSource(SOURCE, new ByteArrayDeserializer(), new ByteArrayDeserializer(), ROWS)
                .addProcessor(
                        PROCESSOR,
                        () -> new OutboxRelayProcessor(routes, destinations, metrics, retention),
                        SOURCE)
                .addStateStore(
                        RelayedIds.builder(retention).withLoggingEnabled(SHORT_SEGMENTS), PROCESSOR)
                .addStateStore(
                        Stores.keyValueStoreBuilder(
                                        Stores.persistentKeyValueStore(WAITING),
                                        Serdes.ByteArray(),
                                        Serdes.ByteArray())
                                .withLoggingEnabled(
                                        Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, LARGEST)),
                        PROCESSOR)
                .addSink(DESTINATIONS, new Destination(), keys, values, PROCESSOR)
                .addSink(CLAIMS, LifecycleTopics.EVENTS.name(), keys, values, PROCESSOR)
                .addSink(RELAYED, OutboxTopics.RELAYED.name(), keys, values, PROCESSOR)
                .addSink(DEAD, OutboxTopics.DEAD.name(), keys, values, PROCESSOR);
    }

    private record Destination() implements TopicNameExtractor<byte[], Emitted> {
        @Override
        public String extract(byte[] key, Emitted value, RecordContext context) {
            return value.topic();
        }

        /** As descriptions of the topology show it. */
        @Override
        public String toString() {
            return "the row's topic in its namespace";
        }
    }
}
