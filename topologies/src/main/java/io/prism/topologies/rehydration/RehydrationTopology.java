package io.prism.topologies.rehydration;

import io.prism.core.claim.lifecycle.LifecycleTopics;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.TopicNameExtractor;

/**
 * Source → processor → the derived topic of the record's own topic, and what became of its claim to
 * the claims' events. Which topics the source reads is not the topology's to say, since it cannot
 * change while it runs: it accepts all, and {@link ReadAheadClients} subscribes to exactly those of
 * the {@link RouteTable}. It must run with them.
 */
final class RehydrationTopology {
    static final String SOURCE = "claimed-records";
    static final String PROCESSOR = "rehydrate";
    static final String SINK = "rehydrated-records";
    static final String CLAIMS = "claim-events";

    private static final Pattern WHAT_THE_CONSUMER_READS =
            Pattern.compile("(?!prism\\.|__)(?!.*\\.(?:dlq|rehydrated)$).+");

    private RehydrationTopology() {}

    static Topology build(
            RouteTable routes,
            Rehydrator rehydrator,
            Prepared prepared,
            RehydrationMetrics metrics) {
        StreamPartitioner<byte[], Emitted> samePartition =
                (topic, key, value, partitions) -> Optional.of(Set.of(value.partition()));
        Serializer<Emitted> bytes = (topic, emitted) -> emitted == null ? null : emitted.value();
        return new Topology()
                .addSource(
                        SOURCE,
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        WHAT_THE_CONSUMER_READS)
                .addProcessor(
                        PROCESSOR,
                        () -> new RehydrationProcessor(routes, rehydrator, prepared, metrics),
                        SOURCE)
                .addSink(
                        SINK,
                        new DerivedTopic(routes),
                        new ByteArraySerializer(),
                        bytes,
                        samePartition,
                        PROCESSOR)
                .addSink(
                        CLAIMS,
                        LifecycleTopics.EVENTS.name(),
                        new ByteArraySerializer(),
                        bytes,
                        PROCESSOR);
    }

    private record DerivedTopic(RouteTable routes) implements TopicNameExtractor<byte[], Emitted> {
        @Override
        public String extract(byte[] key, Emitted value, RecordContext context) {
            return route(routes, context.topic()).target();
        }

        /** As descriptions of the topology show it. */
        @Override
        public String toString() {
            return "the derived topic of the source";
        }
    }

    /** The consumer lets nothing through whose route is not known. */
    static Route route(RouteTable routes, String topic) {
        Route route = routes.everKnown(topic);
        if (route == null) {
            throw new IllegalStateException(
                    "topic " + topic + " was read before it was known where it goes");
        }
        return route;
    }
}
