package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import io.prism.standalone.embedded.EmbeddedServers;
import io.prism.standalone.embedded.ServerPorts;
import io.prism.standalone.embedded.StartListener;
import io.prism.v1.AckMode;
import io.prism.v1.AcknowledgeRequest;
import io.prism.v1.Event;
import io.prism.v1.SubscribeRequest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A streams process of its own, killed at any time while claims are published and acknowledged. */
final class ClaimLifecycleKillIT {
    private static final String NAMESPACE = "kills";
    private static final int KILLS = 5;
    private static final int MESSAGES_A_KILL = 6;

    @TempDir private Path temp;

    private static ByteString payload(long seed) {
        byte[] bytes = new byte[1_050_000];
        new Random(seed).nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private static Map<String, String> environment(EmbeddedServers servers) {
        Map<String, String> environment = new HashMap<>();
        environment.put("PRISM_KAFKA_BOOTSTRAP", servers.kafkaBootstrap());
        environment.put("PRISM_S3_ENDPOINT", servers.s3Endpoint().toString());
        environment.put("PRISM_S3_ACCESS_KEY", servers.s3AccessKey());
        environment.put("PRISM_S3_SECRET_KEY", servers.s3SecretKey());
        return environment;
    }

    @Test
    void killsOfTheStreamsProcessLoseNothingAndLeaveNothingOver() throws Exception {
        long seed = Long.getLong("prism.seed", System.nanoTime());
        System.out.println("seed: " + seed);
        Random random = new Random(seed);
        List<Integer> free = ServerPorts.free(9);
        ServerPorts serverPorts =
                new ServerPorts(free.get(0), free.get(1), free.get(2), free.get(3), free.get(4));
        try (EmbeddedServers servers =
                EmbeddedServers.start(temp.resolve("data"), serverPorts, StartListener.NONE)) {
            Map<String, String> gatewayEnvironment = environment(servers);
            gatewayEnvironment.put("PRISM_GRPC_PORT", free.get(5).toString());
            gatewayEnvironment.put("PRISM_ADMIN_PORT", free.get(6).toString());
            gatewayEnvironment.put("PRISM_HTTP_PORT", free.get(7).toString());
            Map<String, String> streamsEnvironment = environment(servers);
            streamsEnvironment.put("PRISM_HTTP_PORT", free.get(8).toString());
            streamsEnvironment.put("PRISM_STATE_FOLDER", temp.resolve("state").toString());
            try (PrismProcess gateway =
                            PrismProcess.gateway(
                                    List.of("-Xmx256m"),
                                    gatewayEnvironment,
                                    temp.resolve("gateway.log"),
                                    free.get(7));
                    TestClient client = new TestClient(free.get(5), free.get(6));
                    S3Looker bucket = new S3Looker(servers, "prism-claims")) {
                client.createClaimCheck(NAMESPACE);
                PrismProcess streams =
                        PrismProcess.streams(streamsEnvironment, temp.resolve("streams-0.log"));
                try (Subscriber fast = subscriber(client, "fast");
                        Subscriber slow = subscriber(client, "slow")) {
                    await().until(() -> subscriptions(client) == 2);
                    Set<String> owedBySlow = new HashSet<>();
                    for (int kill = 1; kill <= KILLS; kill++) {
                        // When
                        for (int i = 0; i < MESSAGES_A_KILL; i++) {
                            long payload = kill * 1000L + i;
                            client.publish(NAMESPACE, "clips", payload(payload));
                            Event event = fast.take(1).getFirst();
                            assertThat(event.getPayload()).isEqualTo(payload(payload));
                            acknowledge(client, "fast", event);
                            owedBySlow.add(event.getMessageId());
                            if (random.nextBoolean()) {
                                receive(client, slow, owedBySlow);
                            }
                        }
                        TimeUnit.MILLISECONDS.sleep(random.nextInt(3_000));
                        streams.kill();
                        streams =
                                PrismProcess.streams(
                                        streamsEnvironment,
                                        temp.resolve("streams-" + kill + ".log"));
                    }

                    // Then: what the slow one has not acknowledged is whole
                    streams.awaitReady(free.get(8));
                    assertThat(bucket.keys(NAMESPACE + "/").size())
                            .isGreaterThanOrEqualTo(owedBySlow.size());
                    while (!owedBySlow.isEmpty()) {
                        receive(client, slow, owedBySlow);
                    }
                    await().atMost(Duration.ofSeconds(60))
                            .untilAsserted(
                                    () -> assertThat(bucket.keys(NAMESPACE + "/")).isEmpty());
                    streams.terminate();
                    assertThat(streams.exitCode()).isZero();
                    assertThat(gateway.alive()).isTrue();
                } finally {
                    streams.close();
                }
            }
        }
    }

    private static Subscriber subscriber(TestClient client, String name) {
        return new Subscriber(
                client,
                NAMESPACE,
                SubscribeRequest.newBuilder()
                        .setTopic("clips")
                        .setSubscription(name)
                        .setAckMode(AckMode.ACK_MODE_EXPLICIT)
                        .build(),
                1_000);
    }

    private static int subscriptions(TestClient client) {
        return client.pubsub(NAMESPACE)
                .listSubscriptions(io.prism.v1.ListSubscriptionsRequest.newBuilder().build())
                .getSubscriptionsCount();
    }

    private static void receive(TestClient client, Subscriber subscriber, Set<String> owed) {
        Event event = subscriber.take(1).getFirst();
        assertThat(event.hasError())
                .as(event.toString().lines().limit(5).toList().toString())
                .isFalse();
        acknowledge(client, "slow", event);
        assertThat(owed.remove(event.getMessageId())).isTrue();
    }

    private static void acknowledge(TestClient client, String subscription, Event event) {
        client.pubsub(NAMESPACE)
                .acknowledge(
                        AcknowledgeRequest.newBuilder()
                                .setTopic("clips")
                                .setSubscription(subscription)
                                .addMessageIds(event.getMessageId())
                                .build());
    }
}
