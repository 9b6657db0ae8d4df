package io.prism.topologies.claimlifecycle;

import io.prism.core.claim.lifecycle.ClaimCodec;
import io.prism.core.claim.lifecycle.ClaimEvent;
import io.prism.core.claim.lifecycle.ClaimKey;
import io.prism.core.claim.lifecycle.ClaimRelease;
import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.NamespaceName;
import io.prism.topologies.claimlifecycle.Audience.DurableSubscription;
import io.prism.topologies.claimlifecycle.Audience.Terms;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;

/** The topology with an audience and a clock that a test moves. */
final class Harness implements AutoCloseable {
    static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    static final NamespaceName NAMESPACE = new NamespaceName("videos");
    static final Duration TTL = Duration.ofHours(2);

    private final Map<String, DurableSubscription> subscriptions = new TreeMap<>();
    private final TopologyTestDriver driver;
    private final TestInputTopic<String, byte[]> events;
    private final TestOutputTopic<String, byte[]> releases;
    private Instant now = START;
    private Instant knownUpTo = START;
    private boolean known = true;
    private boolean namespaceThere = true;
    private long version = 1;

    Harness(Path state) {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        config.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        driver =
                new TopologyTestDriver(ClaimLifecycleTopology.build(this::audience), config, START);
        events =
                driver.createInputTopic(
                        LifecycleTopics.EVENTS.name(),
                        new StringSerializer(),
                        new ByteArraySerializer());
        releases =
                driver.createOutputTopic(
                        LifecycleTopics.RELEASES.name(),
                        new StringDeserializer(),
                        new ByteArrayDeserializer());
    }

    private Audience audience() {
        return new Audience(
                known ? now : knownUpTo,
                version,
                namespaceThere
                        ? Map.of(
                                NAMESPACE,
                                new Terms(Optional.of(TTL), List.copyOf(subscriptions.values())))
                        : Map.of());
    }

    /** The tables are not followed any further, or again. */
    void tablesKnown(boolean yes) {
        known = yes;
        knownUpTo = now;
    }

    void subscribe(String name, String topic) {
        subscribe(name, topic, now);
    }

    void subscribe(String name, String topic, Instant createdAt) {
        subscriptions.put(name, new DurableSubscription(name, topic::equals, createdAt));
        version++;
    }

    void unsubscribe(String name) {
        subscriptions.remove(name);
        version++;
    }

    void deleteNamespace() {
        namespaceThere = false;
        version++;
    }

    Instant now() {
        return now;
    }

    void pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    /** Time enough for whatever is to be judged again. */
    void settle() {
        pass(ClaimLifecycleProcessor.TICK.multipliedBy(3));
    }

    /** A claim uploaded now. */
    ClaimKey claim(int number) {
        UUID lowest = TimeOrderedIds.lowestAt(now);
        return new ClaimKey(
                NAMESPACE,
                new UUID(
                        lowest.getMostSignificantBits(),
                        lowest.getLeastSignificantBits() + number));
    }

    static String objectKey(ClaimKey claim) {
        return "videos/" + claim.id();
    }

    void published(ClaimKey claim, String topic) {
        send(new ClaimEvent.Published(claim, objectKey(claim), topic, now));
    }

    void acknowledged(ClaimKey claim, String subscription) {
        send(new ClaimEvent.Acknowledged(claim, subscription, Optional.empty()));
    }

    void send(ClaimEvent event) {
        events.pipeInput(event.claim().toString(), ClaimCodec.write(event), now);
    }

    void sendRaw(String key, byte[] value) {
        events.pipeInput(key, value, now);
    }

    /** What was released since the last call. */
    List<ClaimRelease> released() {
        List<ClaimRelease> read = new ArrayList<>();
        releases.readValuesToList().forEach(value -> read.add(ClaimCodec.readRelease(value)));
        return read;
    }

    private KeyValueStore<String, ClaimState> store() {
        return driver.getKeyValueStore(ClaimLifecycleTopology.STORE);
    }

    Map<String, ClaimState> states() {
        Map<String, ClaimState> states = new TreeMap<>();
        try (var all = store().all()) {
            all.forEachRemaining(entry -> states.put(entry.key, entry.value));
        }
        return states;
    }

    /** Fills the store, as its changelog does. */
    void restore(Map<String, ClaimState> states) {
        states.forEach(store()::put);
    }

    int claimsFollowed() {
        return states().size();
    }

    @Override
    public void close() {
        driver.close();
    }
}
