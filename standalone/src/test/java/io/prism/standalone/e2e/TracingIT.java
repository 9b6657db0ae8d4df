package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.prism.standalone.Addresses;
import io.prism.standalone.PrismStandalone;
import io.prism.standalone.tracing.Tracing;
import io.prism.v1.Event;
import io.prism.v1.MessageWrite;
import io.prism.v1.PublishRequest;
import io.prism.v1.WriteRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From calls to spans in a collector, through everything that {@code prism up} runs. */
final class TracingIT {
    private static final Duration A_WHILE = Duration.ofSeconds(60);
    private static final ByteString LARGE =
            ByteString.copyFromUtf8("a secret payload ".repeat(100_000));

    @SuppressWarnings("NullAway.Init")
    private static OtlpReceiver collector;

    @SuppressWarnings("NullAway.Init")
    private static Tracing tracing;

    @SuppressWarnings("NullAway.Init")
    private static PrismStandalone prism;

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @BeforeAll
    static void setUp() throws IOException {
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
        collector = OtlpReceiver.start();
        tracing =
                Tracing.of(
                        Map.of(
                                "OTEL_EXPORTER_OTLP_ENDPOINT",
                                collector.endpoint(),
                                "OTEL_BSP_SCHEDULE_DELAY",
                                "50"),
                        "prism");
        prism =
                PrismStandalone.start(
                        Files.createTempDirectory(Path.of("target"), "traced-prism"),
                        Duration.ofSeconds(15),
                        tracing.traces());
        client = TestClient.of(prism);
    }

    @AfterAll
    static void tearDown() {
        client.close();
        prism.close();
        tracing.close();
        collector.close();
    }

    private static void create(String name, String api, String outbox, String observability) {
        client.create(
                """
                namespaces:
                  - name: %s
                    client_api: %s
                    observability: {%s}
                    patterns:
                      - {type: outbox, table: %s}
                      - {type: claim-check, threshold: 1MB, storage: s3}
                    backend: kafka
                """
                        .formatted(name, api, observability, outbox));
    }

    /** A trace that a caller has begun, with an id of its own. */
    private static String caller(String trace) {
        return "00-" + trace + "-b7ad6b7169203331-01";
    }

    private static Metadata headers(String trace) {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), caller(trace));
        return headers;
    }

    private static void publish(String namespace, String trace) {
        var unused =
                client.pubsub(namespace)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers(trace)))
                        .publish(
                                PublishRequest.newBuilder()
                                        .setTopic("t")
                                        .setPayload(LARGE)
                                        .build());
    }

    private static void awaitSpan(String trace, String name) {
        await().atMost(A_WHILE).until(() -> collector.tree(trace).contains(name));
    }

    @Test
    void a_large_message_is_one_trace_from_its_caller_to_its_subscriber() {
        // Given
        String trace = "11111111111111111111111111111111";
        create("traced", "pubsub", "traced_outbox", "trace_patterns: true");

        // When
        publish("traced", trace);
        Event event = client.read("traced", "t", 1).getFirst();

        // Then
        assertThat(event.getPayload()).isEqualTo(LARGE);
        awaitSpan(trace, "PubSubService.Publish");
        awaitSpan(trace, "outbox.relay");
        awaitSpan(trace, "s3.get_object");
        awaitSpan(trace, "ClaimCheckPattern.process_consume");
        assertThat(collector.tree(trace))
                .startsWith(
                        """
                        PubSubService.Publish
                          OutboxPattern.process_publish
                            ClaimCheckPattern.process_publish
                              s3.put_object
                            db.insert_outbox
                          outbox.relay
                        """)
                .endsWith(
                        """
                          ClaimCheckPattern.process_consume
                            s3.get_object
                        """);
        OtlpReceiver.Received call =
                collector.trace(trace).stream()
                        .filter(span -> span.name().equals("PubSubService.Publish"))
                        .findFirst()
                        .orElseThrow();
        assertThat(call.parent()).isEqualTo("b7ad6b7169203331");
        assertThat(call.service()).isEqualTo("prism");
        assertThat(call.attributes())
                .containsEntry("prism.namespace", "traced")
                .containsEntry("prism.topic", "t")
                .containsEntry("messaging.message.id", event.getMessageId());
        assertThat(event.getMetadataMap())
                .containsEntry("traceparent", "00-" + trace + "-" + call.id() + "-01");
        assertThat(collector.trace(trace)).noneMatch(OtlpReceiver.Received::failed);
        assertThat(collector.trace(trace).toString()).doesNotContain("secret payload");
    }

    @Test
    void a_transaction_is_one_too() {
        String trace = "22222222222222222222222222222222";
        create("traced-transact", "transact", "traced_transact", "trace_patterns: true");

        var unused =
                client.transact("traced-transact")
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers(trace)))
                        .write(
                                WriteRequest.newBuilder()
                                        .setMessage(
                                                MessageWrite.newBuilder()
                                                        .setTopic("t")
                                                        .setPayload(LARGE))
                                        .build());

        awaitSpan(trace, "TransactService.Write");
        assertThat(collector.tree(trace))
                .startsWith(
                        """
                        TransactService.Write
                          OutboxPattern.process_publish
                            ClaimCheckPattern.process_publish
                              s3.put_object
                            db.insert_outbox
                          db.begin_transaction
                          db.commit_transaction
                        """);
    }

    @Test
    void a_namespace_may_leave_out_its_patterns_spans_and_metrics() {
        // Given
        String trace = "33333333333333333333333333333333";
        create("quiet", "pubsub", "quiet_outbox", "trace_patterns: false, pattern_metrics: false");
        create("loud", "pubsub", "loud_outbox", "pattern_metrics: true");

        // When
        publish("quiet", trace);
        publish("loud", "44444444444444444444444444444444");
        assertThat(client.read("quiet", "t", 1)).hasSize(1);
        assertThat(client.read("loud", "t", 1)).hasSize(1);

        // Then
        awaitSpan(trace, "PubSubService.Publish");
        awaitSpan(trace, "s3.get_object");
        assertThat(collector.tree(trace))
                .startsWith("PubSubService.Publish\n  s3.put_object\n  db.insert_outbox\n")
                .doesNotContain("Pattern");
        List<String> metrics =
                Http.body(prism.addresses().get(Addresses.HTTP) + "/metrics")
                        .lines()
                        .filter(line -> line.startsWith("prism_"))
                        .toList();
        assertThat(metrics)
                .anyMatch(
                        line ->
                                line.startsWith(
                                        "prism_pattern_outbox_inserted_total{namespace=\"loud\"}"))
                .anyMatch(
                        line ->
                                line.startsWith("prism_pattern_chain_")
                                        && line.contains("\"loud\""))
                .anyMatch(line -> line.startsWith("prism_published_total{namespace=\"quiet\"}"))
                .noneMatch(line -> line.startsWith("prism_pattern_") && line.contains("\"quiet\""));
    }

    @Test
    void a_collector_that_is_away_is_nobodys_trouble(@TempDir Path temp) throws IOException {
        // Given
        String nowhere;
        try (OtlpReceiver gone = OtlpReceiver.start()) {
            nowhere = gone.endpoint();
        }
        try (RunningGateway gateway =
                RunningGateway.start(
                        prism.servers(), temp, Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", nowhere))) {
            gateway.client().createPlain("away");

            // When
            long from = System.nanoTime();
            for (int i = 0; i < 500; i++) {
                var unused =
                        gateway.client().publish("away", "t", ByteString.copyFromUtf8("x" + i));
            }

            // Then
            assertThat(Duration.ofNanos(System.nanoTime() - from))
                    .isLessThan(Duration.ofSeconds(30));
            assertThat(gateway.client().read("away", "t", 500)).hasSize(500);
        }
    }
}
