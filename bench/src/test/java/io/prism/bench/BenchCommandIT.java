package io.prism.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prism.v1.PublishRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole command against real Kafka and S3, and a stand-in for Prism that writes to Kafka. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BenchCommandIT {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final AtomicLong runs = new AtomicLong();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private RealServers servers;
    private FakeRehydration rehydration;
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void forget() {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        servers = new RealServers(folder);
        rehydration = new FakeRehydration(servers.kafka());
        producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", servers.kafka()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    @AfterAll
    void stop() throws Exception {
        producer.close();
        rehydration.close();
        servers.close();
    }

    private void toKafka(String topic, PublishRequest message) {
        byte[] payload = message.getPayload().toByteArray();
        var stored = new ProducerRecord<byte[], byte[]>(topic, payload);
        if (payload.length > 500_000) {
            rehydration.payload(topic, payload);
            stored = new ProducerRecord<>(topic, new byte[0]);
            stored.headers().add(FakeRehydration.CLAIM_ID, new byte[] {1});
        }
        try {
            var _ = producer.send(stored).get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private int run(FakePrism prism, String... arguments) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--grpc",
                                prism.address(),
                                "--admin",
                                prism.address(),
                                "--kafka",
                                servers.kafka(),
                                "--s3-endpoint",
                                servers.s3(),
                                "--s3-access-key",
                                RealServers.ACCESS_KEY,
                                "--s3-secret-key",
                                RealServers.SECRET_KEY,
                                "--rounds",
                                "1",
                                "--round-seconds",
                                "1",
                                "--warmup-seconds",
                                "1",
                                "--window",
                                "16",
                                "--rate",
                                "500",
                                "--deliver-rate",
                                "200",
                                "--large-bytes",
                                "20000001",
                                "--queue-messages",
                                "4000",
                                "--queue-consumers",
                                "2",
                                "--max-inflight",
                                "100",
                                "--ack-batch",
                                "50",
                                "--rehydrate-bytes",
                                "600000",
                                "--rehydrate-payloads",
                                "8"));
        all.addAll(List.of(arguments));
        // A run's names come from its time, and these servers keep the topics of earlier tests.
        Clock clock = Clock.fixed(NOON.plusMillis(runs.incrementAndGet()), ZoneOffset.UTC);
        return new CommandLine(new BenchCommand(clock))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
    }

    private Set<String> topics() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.kafka()))) {
            return admin.listTopics().names().get();
        }
    }

    @Test
    void every_scenario_without_a_database_measures_both_sides_verifies_and_removes_what_it_made(
            @TempDir Path folder) throws Exception {
        // Given
        Path file = Files.writeString(folder.resolve("p.md"), markers());
        try (FakePrism prism = new FakePrism(this::toKafka)) {
            // When
            int exit =
                    run(
                            prism,
                            "--json",
                            "--write",
                            file.toString(),
                            "publish-stream",
                            "publish-unary",
                            "claim-2mb",
                            "chunked",
                            "deliver",
                            "queue",
                            "rehydrate");

            // Then
            assertThat(exit).as(out + "\n" + err).isZero();
            JsonNode scenarios = new ObjectMapper().readTree(out.toString()).get("scenarios");
            assertThat(scenarios).hasSize(7);
            for (JsonNode scenario : scenarios) {
                assertThat(scenario.get("failed").asBoolean()).isFalse();
                assertThat(scenario.get("rows")).isNotEmpty();
                for (JsonNode row : scenario.get("rows")) {
                    assertThat(row.at("/prism/median").asDouble()).isPositive();
                    // Only one thing is measured that the plain system has nothing to do with.
                    if (!row.toString().contains("to the first message")) {
                        assertThat(row.at("/baseline/median").asDouble()).isPositive();
                    }
                }
            }
            assertThat(Files.readString(file))
                    .contains("Measured 2026-11-22 12:00 UTC on ")
                    .contains("| throughput, MB/s |", "| upload, MB/s |")
                    .contains("| received and acknowledged, beside a share consumer, msg/s |")
                    .doesNotContain("FAILED");
            assertThat(prism.namespaces()).isEmpty();
            assertThat(prism.deleted()).hasSize(14).allMatch(it -> it.startsWith("bench-"));
            assertThat(topics()).noneMatch(it -> it.contains("-raw-"));
            assertThat(err.toString()).contains("publish-stream, Prism, round 1: throughput");
        }
    }

    @Test
    void a_message_that_was_acknowledged_but_not_stored_fails_the_scenario() throws Exception {
        // Given a server that loses one message in twenty
        AtomicLong count = new AtomicLong();
        try (FakePrism prism =
                new FakePrism(
                        (topic, message) -> {
                            if (count.incrementAndGet() % 20 != 0) {
                                toKafka(topic, message);
                            }
                        })) {
            // When
            int exit = run(prism, "publish-stream");

            // Then
            assertThat(exit).isEqualTo(1);
            assertThat(out.toString())
                    .contains("FAILED: publish-stream, Prism, warm-up: the topic holds");
            assertThat(prism.namespaces()).isEmpty();
        }
    }

    @Test
    void a_publish_that_was_refused_fails_the_scenario() throws Exception {
        // Given
        AtomicLong count = new AtomicLong();
        try (FakePrism prism =
                new FakePrism(
                        (topic, message) -> {
                            if (count.incrementAndGet() == 50) {
                                throw new IllegalStateException("no room");
                            }
                            toKafka(topic, message);
                        })) {
            // When
            int exit = run(prism, "publish-unary");

            // Then
            assertThat(exit).isEqualTo(1);
            assertThat(out.toString()).contains("1 failed: UNAVAILABLE: no room (1)");
        }
    }

    private static String markers() {
        StringBuilder text = new StringBuilder();
        for (String name :
                List.of(
                        "publish-stream",
                        "publish-unary",
                        "claim-2mb",
                        "chunked",
                        "deliver",
                        "queue",
                        "rehydrate")) {
            text.append("<!-- bench:").append(name).append(" -->\n");
            text.append("<!-- /bench:").append(name).append(" -->\n");
        }
        return text.toString();
    }
}
