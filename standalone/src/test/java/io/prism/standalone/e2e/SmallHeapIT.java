package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.standalone.embedded.ServerPorts;
import io.prism.standalone.embedded.Servers;
import io.prism.v1.Event;
import io.prism.v1.FetchRequest;
import io.prism.v1.PayloadChunk;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.SubscribeRequest;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway of its own process and 256 MB of heap, over servers that others use, too. */
final class SmallHeapIT {
    private static final long GIBIBYTE = 1L << 30;
    private static final int CHUNK = 1 << 20;

    @TempDir private static Path temp;

    private record Ports(int grpc, int admin, int http) {}

    private static Ports freePorts() {
        List<Integer> free = ServerPorts.free(3);
        return new Ports(free.get(0), free.get(1), free.get(2));
    }

    private static PrismProcess start(Ports ports, String name) {
        Servers servers = SharedPrism.get().servers();
        Map<String, String> environment = PrismProcess.environment(servers);
        environment.put("PRISM_GRPC_PORT", Integer.toString(ports.grpc()));
        environment.put("PRISM_ADMIN_PORT", Integer.toString(ports.admin()));
        environment.put("PRISM_HTTP_PORT", Integer.toString(ports.http()));
        return PrismProcess.gateway(
                List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"),
                environment,
                temp.resolve(name),
                ports.http());
    }

    @Test
    void aGibibyteGoesInAndOutWholeAndTheMetricsSaySo() throws Exception {
        Ports ports = freePorts();
        try (PrismProcess gateway = start(ports, "gibibyte");
                TestClient client = new TestClient(ports.grpc(), ports.admin())) {
            client.createClaimCheck("gibibyte");

            // When
            MessageDigest sent = MessageDigest.getInstance("SHA-256");
            upload(client, "gibibyte", sent);
            Event event = client.read("gibibyte", "big", 1).getFirst();
            MessageDigest received = MessageDigest.getInstance("SHA-256");
            long bytes = 0;
            Iterator<PayloadChunk> chunks =
                    client.payloads("gibibyte")
                            .fetch(
                                    FetchRequest.newBuilder()
                                            .setPayloadRef(event.getPayloadRef())
                                            .build());
            while (chunks.hasNext()) {
                byte[] chunk = chunks.next().getData().toByteArray();
                received.update(chunk);
                bytes += chunk.length;
            }

            // Then
            assertThat(event.getPayloadSize()).isEqualTo(GIBIBYTE);
            assertThat(bytes).isEqualTo(GIBIBYTE);
            assertThat(received.digest()).isEqualTo(sent.digest());
            assertThat(gateway.alive()).isTrue();
            String metrics = Http.body("http://127.0.0.1:" + ports.http() + "/metrics");
            assertThat(metrics)
                    .contains("prism_pattern_claim_check_stored_total{namespace=\"gibibyte\"} 1.0")
                    .contains(
                            "prism_pattern_claim_check_retrieved_total{namespace=\"gibibyte\"} 1.0")
                    .contains("prism_pattern_claim_check_storage_bytes{namespace=\"gibibyte\"}")
                    .contains("prism_pattern_claim_check_cleanup_success{namespace=\"gibibyte\"}")
                    .contains(
                            "prism_pattern_chain_duration_seconds_count{namespace=\"gibibyte\",pattern=\"claim-check\"}");
            client.admin()
                    .deleteNamespace(
                            io.prism.v1.DeleteNamespaceRequest.newBuilder()
                                    .setName("gibibyte")
                                    .setDeleteData(true)
                                    .build());
        }
    }

    /** Sends as fast as the gateway takes it, and no faster. */
    private static void upload(TestClient client, String namespace, MessageDigest digest)
            throws Exception {
        CompletableFuture<PublishResponse> result = new CompletableFuture<>();
        byte[] block = new byte[CHUNK];
        new Random(42).nextBytes(block);
        client.asyncPubsub(namespace)
                .publishChunked(
                        new ClientResponseObserver<PublishChunk, PublishResponse>() {
                            private long left = GIBIBYTE;

                            @Override
                            public void beforeStart(ClientCallStreamObserver<PublishChunk> call) {
                                call.setOnReadyHandler(
                                        () -> {
                                            if (left == GIBIBYTE) {
                                                call.onNext(
                                                        PublishChunk.newBuilder()
                                                                .setHeader(
                                                                        PublishRequest.newBuilder()
                                                                                .setTopic("big"))
                                                                .build());
                                            }
                                            while (call.isReady() && left > 0) {
                                                block[0] = (byte) (left >> 20);
                                                digest.update(block);
                                                call.onNext(
                                                        PublishChunk.newBuilder()
                                                                .setData(ByteString.copyFrom(block))
                                                                .build());
                                                left -= block.length;
                                                if (left == 0) {
                                                    call.onCompleted();
                                                }
                                            }
                                        });
                            }

                            @Override
                            public void onNext(PublishResponse value) {
                                result.complete(value);
                            }

                            @Override
                            public void onError(Throwable failure) {
                                result.completeExceptionally(failure);
                            }

                            @Override
                            public void onCompleted() {}
                        });
        assertThat(result.get(180, TimeUnit.SECONDS).getSuccess()).isTrue();
    }

    @Test
    void aSubscriberThatStopsReadingCostsLittleAndSlowsNobody() {
        Ports ports = freePorts();
        int count = 3_000;
        int size = 200_000;
        try (PrismProcess gateway = start(ports, "slow");
                TestClient client = new TestClient(ports.grpc(), ports.admin());
                TestClient stuckClient = new TestClient(ports.grpc(), ports.admin())) {
            client.createPlain("slow");
            byte[] block = new byte[size];
            new Random(1).nextBytes(block);
            for (int i = 0; i < count; i++) {
                client.pubsub("slow")
                        .publish(
                                PublishRequest.newBuilder()
                                        .setTopic("t")
                                        .setPayload(ByteString.copyFrom(block))
                                        .build());
            }
            // When: 600 MB, with 256 MB of heap and ten subscribers that never read beyond their
            // first event
            SubscribeRequest request = SubscribeRequest.newBuilder().setTopic("t").build();
            List<Subscriber> stuck =
                    java.util.stream.Stream.generate(
                                    () -> new Subscriber(stuckClient, "slow", request, 1))
                            .limit(10)
                            .toList();
            stuck.forEach(s -> s.take(1));
            try (Subscriber fast = new Subscriber(client, "slow", request, 1_000_000)) {
                // Then
                assertThat(fast.take(count)).hasSize(count);
            }
            assertThat(gateway.alive()).isTrue();
            Subscriber woken = stuck.getFirst();
            woken.request(count);
            assertThat(woken.take(count - 1)).hasSize(count - 1);
            stuck.forEach(Subscriber::close);
        }
    }

    @Test
    void aGatewayThatIsToldToStopFinishesWhatItHasAndExitsCleanly() throws Exception {
        Ports ports = freePorts();
        try (PrismProcess gateway = start(ports, "drain");
                TestClient client = new TestClient(ports.grpc(), ports.admin())) {
            client.createPlain("drain");
            Subscriber subscriber =
                    new Subscriber(
                            client,
                            "drain",
                            SubscribeRequest.newBuilder().setTopic("t").build(),
                            1_000_000);
            List<String> acknowledged = new java.util.concurrent.CopyOnWriteArrayList<>();
            CompletableFuture<String> refusal =
                    CompletableFuture.supplyAsync(
                            () -> {
                                while (true) {
                                    try {
                                        acknowledged.add(
                                                client.publish("drain", "t", ByteString.EMPTY)
                                                        .getMessageId());
                                    } catch (StatusRuntimeException e) {
                                        return e.getStatus().getCode().name();
                                    }
                                }
                            });
            org.awaitility.Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> acknowledged.size() > 50);

            // When
            gateway.terminate();

            // Then
            assertThat(refusal.get(20, TimeUnit.SECONDS)).isEqualTo("UNAVAILABLE");
            assertThat(TestClient.reason(subscriber.ended())).isEqualTo("DRAINING");
            assertThat(gateway.exitCode()).isZero();
            assertThat(
                            KafkaLooker.all(SharedPrism.get().servers().kafkaBootstrap(), "drain.t")
                                    .stream()
                                    .map(r -> KafkaLooker.headers(r).get("prism-id")))
                    .containsAll(acknowledged);
        }
    }
}
