package io.prism.topologies.rehydration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.prism.core.claim.Claim;
import io.prism.core.claim.lifecycle.ClaimCodec;
import io.prism.core.claim.lifecycle.ClaimEvent;
import io.prism.core.claim.lifecycle.ClaimKey;
import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.spec.NamespaceName;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RehydrationTopologyTest {
    private static final Instant AT = Instant.parse("2026-11-22T10:00:00Z");
    private static final byte[] KEY = "k".getBytes(UTF_8);
    private static final byte[] NOTHING = {};

    private final Fixture fixture = new Fixture();
    private final Budget budget = new Budget(10_000);
    private final Prepared prepared = new Prepared(budget);
    private final Topology topology =
            RehydrationTopology.build(
                    fixture.routes, fixture.rehydrator, prepared, fixture.metrics);
    private final TopologyTestDriver driver = new TopologyTestDriver(topology, settings());
    private final TestInputTopic<byte[], byte[]> in =
            driver.createInputTopic(
                    Fixture.TOPIC, new ByteArraySerializer(), new ByteArraySerializer());
    private final TestOutputTopic<byte[], byte[]> out =
            driver.createOutputTopic(
                    Fixture.TARGET, new ByteArrayDeserializer(), new ByteArrayDeserializer());

    private final TestOutputTopic<byte[], byte[]> told =
            driver.createOutputTopic(
                    LifecycleTopics.EVENTS.name(),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer());

    private static Properties settings() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        return settings;
    }

    @AfterEach
    void close() {
        driver.close();
        fixture.close();
    }

    private void publish(byte @Nullable [] value, Headers headers) {
        in.pipeInput(new TestRecord<>(KEY, value, headers, AT));
    }

    private TestRecord<byte[], byte[]> published(Claim claim) {
        publish(NOTHING, Fixture.headers(claim));
        return out.readRecord();
    }

    @Test
    void the_topology_is_the_one_on_file() throws IOException {
        try (InputStream file = getClass().getResourceAsStream("/topologies/rehydration.txt")) {
            assertThat(topology.describe().toString())
                    .isEqualToIgnoringWhitespace(
                            new String(Objects.requireNonNull(file).readAllBytes(), UTF_8));
        }
    }

    @Test
    void a_claim_becomes_its_payload_and_everything_else_stays() {
        // Given
        byte[] payload = Fixture.payload(700, 1);

        // When
        TestRecord<byte[], byte[]> record = published(fixture.store.stored(payload));

        // Then
        assertThat(record.value()).isEqualTo(payload);
        assertThat(record.key()).isEqualTo(KEY);
        assertThat(record.getRecordTime()).isEqualTo(AT);
        assertThat(Fixture.text(record.headers()))
                .isEqualTo(
                        Map.of(
                                "prism-id",
                                "id",
                                "prism-namespace",
                                "videos",
                                "prism-patterns",
                                "claim-check@1",
                                "user",
                                "data"));
    }

    @Test
    void whoever_waits_for_a_claim_is_told_that_it_was_rehydrated() {
        // Given
        Claim whole = fixture.store.stored(Fixture.payload(700, 1));
        Claim elsewhere = fixture.store.stored(Fixture.payload(Fixture.MAX_SIZE + 1, 3));

        // When
        published(whole);
        TestRecord<byte[], byte[]> first = told.readRecord();
        published(elsewhere);
        TestRecord<byte[], byte[]> second = told.readRecord();
        publish("inline".getBytes(UTF_8), Fixture.headers(null));

        // Then
        ClaimKey key = new ClaimKey(new NamespaceName("videos"), whole.id());
        assertThat(new String(first.key(), UTF_8)).isEqualTo(key.toString());
        assertThat(ClaimCodec.readEvent(first.value()))
                .isEqualTo(
                        new ClaimEvent.Acknowledged(key, ClaimEvent.REHYDRATION, Optional.empty()));
        assertThat(ClaimCodec.readEvent(second.value()))
                .asInstanceOf(type(ClaimEvent.Acknowledged.class))
                .satisfies(
                        event ->
                                assertThat(event.keepUntil().orElseThrow())
                                        .as("as long as the URL can be used")
                                        .isAfter(Instant.now().plusSeconds(3_000)));
        assertThat(told.isEmpty()).isTrue();
    }

    @Test
    void a_record_without_a_claim_is_the_same_afterwards() {
        // When
        publish("inline".getBytes(UTF_8), Fixture.headers(null));
        TestRecord<byte[], byte[]> record = out.readRecord();

        // Then
        assertThat(record.value()).isEqualTo("inline".getBytes(UTF_8));
        assertThat(record.headers()).isEqualTo(Fixture.headers(null));
        assertThat(record.getRecordTime()).isEqualTo(AT);
    }

    @Test
    void a_tombstone_stays_one() {
        publish(null, Fixture.headers(null));
        assertThat(out.readRecord().value()).isNull();
    }

    @Test
    void a_payload_of_exactly_the_largest_size_is_put_back_and_one_byte_more_is_not() {
        // Given
        byte[] largest = Fixture.payload(Fixture.MAX_SIZE, 2);
        Claim tooLarge = fixture.store.stored(Fixture.payload(Fixture.MAX_SIZE + 1, 3));

        // When
        TestRecord<byte[], byte[]> whole = published(fixture.store.stored(largest));
        TestRecord<byte[], byte[]> claim = published(tooLarge);

        // Then
        assertThat(whole.value()).isEqualTo(largest);
        assertThat(claim.value()).isEmpty();
        Map<String, String> expected = Fixture.text(Fixture.headers(tooLarge));
        expected.put("prism-payload-url", "memory:///" + tooLarge.key());
        assertThat(Fixture.text(claim.headers())).isEqualTo(expected);
    }

    @Test
    void a_claim_whose_payload_is_gone_or_wrong_goes_on_with_the_error_s_code() {
        // Given
        Claim missing = fixture.store.stored(Fixture.payload(10, 4));
        fixture.store.delete(List.of(missing));
        Claim stored = fixture.store.stored(Fixture.payload(10, 5));
        Claim corrupt =
                new Claim(
                        stored.id(),
                        stored.key(),
                        stored.size(),
                        "0".repeat(64),
                        stored.encoding());
        Claim foreign =
                new Claim(
                        stored.id(),
                        "another/" + stored.id(),
                        stored.size(),
                        stored.sha256(),
                        stored.encoding());
        Headers unreadable = Fixture.headers(stored);
        unreadable.remove("claim_check_key");

        // When
        TestRecord<byte[], byte[]> first = published(missing);
        TestRecord<byte[], byte[]> second = published(corrupt);
        TestRecord<byte[], byte[]> third = published(foreign);
        publish(NOTHING, unreadable);
        TestRecord<byte[], byte[]> fourth = out.readRecord();
        TestRecord<byte[], byte[]> after = published(stored);

        // Then
        assertThat(Fixture.text(first.headers()))
                .containsEntry("prism-error", "CLAIM_MISSING")
                .containsEntry("claim_check_id", missing.id().toString())
                .containsEntry("claim_ref", missing.id().toString());
        assertThat(Fixture.text(second.headers())).containsEntry("prism-error", "CLAIM_CORRUPT");
        assertThat(Fixture.text(third.headers()))
                .containsEntry("prism-error", "PAYLOAD_REF_INVALID");
        assertThat(Fixture.text(fourth.headers()))
                .containsEntry("prism-error", "RECORD_UNREADABLE");
        assertThat(after.value()).hasSize(10);
        assertThat(Fixture.text(after.headers())).doesNotContainKey("prism-error");
    }

    @Test
    void storage_that_is_down_is_waited_for() {
        // Given
        Claim claim = fixture.store.stored(Fixture.payload(10, 6));
        fixture.store.refusals.set(4);

        // When
        TestRecord<byte[], byte[]> record = published(claim);

        // Then
        assertThat(record.value()).hasSize(10);
        assertThat(fixture.store.loads).hasValue(5);
        assertThat(fixture.failures).hasValue(4);
    }

    @Test
    void what_was_read_ahead_is_not_loaded_again_and_its_memory_is_given_back() {
        // Given
        Claim claim = fixture.store.stored(Fixture.payload(10, 7));
        assertThat(budget.tryTake("it", "videos", 10)).isTrue();
        prepared.put(
                new Prepared.Place(Fixture.TOPIC, 0, 0),
                new Prepared.Ready(new Outcome.Whole(Fixture.payload(10, 7)), "videos", 10));

        // When
        TestRecord<byte[], byte[]> record = published(claim);

        // Then
        assertThat(record.value()).isEqualTo(Fixture.payload(10, 7));
        assertThat(fixture.store.loads).hasValue(0);
        assertThat(budget.used()).isZero();
    }

    @Test
    void a_topic_that_is_no_longer_rehydrated_still_gets_what_was_let_through() {
        // Given
        fixture.routes.replace(Map.of());

        // When
        publish("late".getBytes(UTF_8), Fixture.headers(null));

        // Then
        assertThat(out.readRecord().value()).isEqualTo("late".getBytes(UTF_8));
    }
}
