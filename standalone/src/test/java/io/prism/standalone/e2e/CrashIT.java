package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.prism.v1.Event;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.SubscribeRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CrashIT {
    private static final String NAMESPACE = "crash";
    private static final int PUBLISHERS = 8;

    @TempDir private Path temp;

    /**
     * A payload that can be made again from its seed: small ones, and every fifth one over the
     * threshold.
     */
    private static ByteString payload(long seed) {
        byte[] bytes = new byte[seed % 5 == 0 ? 1_200_000 : 500];
        new Random(seed).nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    @Test
    void afterAKillOfTheWholeStackEveryAcknowledgedMessageIsThereAndWhole() throws Exception {
        // Given
        Path data = temp.resolve("data");
        Map<String, Long> acknowledged = new ConcurrentHashMap<>();
        AtomicBoolean killed = new AtomicBoolean();
        try (PrismProcess up = PrismProcess.up(data, temp.resolve("first"));
                TestClient client = PrismProcess.client(data);
                ExecutorService publishers = Executors.newFixedThreadPool(PUBLISHERS)) {
            client.createClaimCheck(NAMESPACE);
            for (int p = 0; p < PUBLISHERS; p++) {
                long first = p * 1_000_000L;
                publishers.execute(() -> publish(client, first, acknowledged, killed));
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> acknowledged.size() > 400);

            // When
            up.kill();
            killed.set(true);
            publishers.shutdown();
            assertThat(publishers.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
        }

        // Then
        try (PrismProcess up = PrismProcess.up(data, temp.resolve("second"));
                TestClient client = PrismProcess.client(data)) {
            Map<String, ByteString> found = new HashMap<>();
            try (Subscriber subscriber =
                    new Subscriber(
                            client,
                            NAMESPACE,
                            SubscribeRequest.newBuilder().setTopic("t").build(),
                            1_000_000)) {
                while (!found.keySet().containsAll(acknowledged.keySet())) {
                    Event event = subscriber.take(1).getFirst();
                    assertThat(event.hasError()).as(event.getMessageId()).isFalse();
                    found.put(event.getMessageId(), event.getPayload());
                }
            }
            acknowledged.forEach(
                    (id, seed) ->
                            assertThat(payload(seed).equals(found.get(id)))
                                    .as("message %s of seed %d is whole", id, seed)
                                    .isTrue());
            assertThat(up.alive()).isTrue();
        }
    }

    private static void publish(
            TestClient client, long first, Map<String, Long> acknowledged, AtomicBoolean killed) {
        for (long seed = first; !killed.get(); seed++) {
            try {
                PublishResponse response =
                        client.pubsub(NAMESPACE)
                                .publish(
                                        PublishRequest.newBuilder()
                                                .setTopic("t")
                                                .setPayload(payload(seed))
                                                .build());
                acknowledged.put(response.getMessageId(), seed);
            } catch (StatusRuntimeException e) {
                return; // the kill; what was in flight may or may not be there
            }
        }
    }
}
