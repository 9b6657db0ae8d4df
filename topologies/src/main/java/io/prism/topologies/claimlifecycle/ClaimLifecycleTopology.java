package io.prism.topologies.claimlifecycle;

import io.prism.core.claim.lifecycle.LifecycleTopics;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

import java.util.Map;
import java.util.function.Supplier;

/** Events about claims in, releases out, both keyed by claim; one store. */
public final class ClaimLifecycleTopology {
    static final String SOURCE = "claim-events";
    static final String PROCESSOR = "claim-lifecycle";
    static final String STORE = "claims";
    static final String SINK = "claim-releases";

    private ClaimLifecycleTopology() {}

    /**
     * @param audience asked often, from the stream threads; must answer at once
     */
    public static Topology build(Supplier<Audience> audience) {
        return new Topology()
                .addSource(
                        SOURCE,
                        Serdes.String().deserializer(),
                        Serdes.ByteArray().deserializer(),
                        LifecycleTopics.EVENTS.name())
                .addProcessor(PROCESSOR, () -> new ClaimLifecycleProcessor(audience), SOURCE)
                .addStateStore(store(), PROCESSOR)
                .addSink(
                        SINK,
                        LifecycleTopics.RELEASES.name(),
                        Serdes.String().serializer(),
                        Serdes.ByteArray().serializer(),
                        PROCESSOR);
    }

    private static StoreBuilder<KeyValueStore<String, ClaimState>> store() {
        return Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(STORE),
                        Serdes.String(),
                        ClaimStateCodec.serde())
                .withLoggingEnabled(Map.of())
                .withCachingDisabled();
    }
}
