package io.prism.topologies.outboxrelay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.outbox.OutboxTopics;
import io.prism.core.outbox.RelayedRow;
import io.prism.core.spec.NamespaceDocuments;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.ParsedDocument;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The relay with namespaces and a clock that a test moves. */
final class Harness implements AutoCloseable {
    static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    static final Duration RETENTION = Duration.ofHours(4);

    private final Path state;
    private final Map<String, NamespaceSpec> namespaces = new TreeMap<>();
    final List<String> ensured = new ArrayList<>();
    final List<String> counted = new ArrayList<>();
    private TopologyTestDriver driver;
    private Instant now = START;
    private Instant knownUpTo = START;
    private boolean following = true;
    private long version = 1;
    @Nullable ErrorCode refusal;

    Harness(Path state) {
        this.state = state;
        this.driver = driver();
    }

    private TopologyTestDriver driver() {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        config.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        return new TopologyTestDriver(
                OutboxRelayTopology.build(this::routes, this::ensure, new Counts(), RETENTION),
                config,
                now);
    }

    private Routes routes() {
        return Routes.of(following ? now.plusMillis(1) : knownUpTo, version, namespaces.values());
    }

    private void ensure(NamespaceSpec namespace, String topic) {
        if (refusal != null) {
            throw new PrismException(refusal, "the cluster says no");
        }
        ensured.add(topic);
    }

    private final class Counts implements RelayMetrics {
        @Override
        public void published(NamespaceSpec namespace, OutboxRow row, Instant readAt) {
            counted.add("published " + namespace.name());
        }

        @Override
        public void duplicate(String database) {
            counted.add("duplicate " + database);
        }

        @Override
        public void dead(String database, ErrorCode code) {
            counted.add("dead " + database + " " + code);
        }
    }

    /** In YAML, beginning with the patterns. */
    void namespace(String name, String rest) {
        ParsedDocument document =
                new NamespaceDocuments(List.of())
                        .read(
                                "namespaces: [{name: "
                                        + name
                                        + ", client_api: pubsub, "
                                        + rest
                                        + "}]");
        if (!document.valid()) {
            throw new AssertionError(document.violations().toString());
        }
        namespaces.put(name, document.plans().getFirst().spec());
        version++;
    }

    void outbox(String name) {
        namespace(name, "patterns: [{type: outbox}]");
    }

    void forget(String name) {
        namespaces.remove(name);
        version++;
    }

    /** The tables are not followed any further, or again. */
    void following(boolean yes) {
        following = yes;
        knownUpTo = now;
    }

    Instant now() {
        return now;
    }

    void pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    /** Another process takes over, which knows the ids from the store's changelog. */
    void restart() {
        List<KeyValue<Windowed<byte[]>, byte[]>> ids = new ArrayList<>();
        WindowStore<byte[], byte[]> before = driver.getWindowStore(RelayedIds.STORE);
        try (var all = before.all()) {
            all.forEachRemaining(ids::add);
        }
        driver.close();
        driver = driver();
        WindowStore<byte[], byte[]> after = driver.getWindowStore(RelayedIds.STORE);
        ids.forEach(id -> after.put(id.key.key(), id.value, id.key.window().start()));
    }

    static OutboxRow row(UUID id, @Nullable String namespace, String topic, @Nullable String key) {
        return new OutboxRow(
                id,
                "public.outbox",
                namespace,
                topic,
                key,
                null,
                ("payload of " + id).getBytes(UTF_8),
                "{}",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                START);
    }

    void arrive(String database, OutboxRow row) {
        arrive(database, row.toHeaders(), row.payload());
    }

    void arrive(String database, Map<String, String> headers, byte @Nullable [] payload) {
        Serializer<byte[]> bytes = new ByteArraySerializer();
        RecordHeaders all = new RecordHeaders();
        headers.forEach((name, value) -> all.add(name, value.getBytes(UTF_8)));
        driver.createInputTopic(OutboxTopics.rows(database).name(), bytes, bytes)
                .pipeInput(new TestRecord<>(null, payload, all, now));
    }

    List<TestRecord<byte[], byte[]>> read(String topic) {
        return driver.createOutputTopic(
                        topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    /** The ids of the messages in the topic, in order. */
    List<String> ids(String topic) {
        return read(topic).stream()
                .map(record -> headers(record).getOrDefault("prism-id", ""))
                .toList();
    }

    List<RelayedRow> reports() {
        return read(OutboxTopics.RELAYED.name()).stream()
                .map(record -> RelayedRow.fromJson(record.value()))
                .toList();
    }

    static Map<String, String> headers(TestRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers().forEach(h -> headers.put(h.key(), new String(h.value(), UTF_8)));
        return headers;
    }

    @Override
    public void close() {
        driver.close();
    }
}
