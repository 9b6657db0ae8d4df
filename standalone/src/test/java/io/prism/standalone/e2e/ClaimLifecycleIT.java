package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.prism.standalone.Addresses;
import io.prism.standalone.PrismStandalone;
import io.prism.v1.AckMode;
import io.prism.v1.AcknowledgeRequest;
import io.prism.v1.Event;
import io.prism.v1.SubscribeRequest;
import io.prism.v1.UnsubscribeRequest;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Payloads live exactly as long as they are needed. */
final class ClaimLifecycleIT {
    private static final Duration A_WHILE = Duration.ofSeconds(60);

    private final PrismStandalone prism = SharedPrism.get();

    private static ByteString payload(long seed) {
        byte[] bytes = new byte[1_200_000];
        new Random(seed).nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private static SubscribeRequest durable(String name) {
        return SubscribeRequest.newBuilder()
                .setTopic("clips")
                .setSubscription(name)
                .setAckMode(AckMode.ACK_MODE_EXPLICIT)
                .build();
    }

    private static void acknowledge(
            TestClient client, String namespace, String subscription, List<Event> events) {
        AcknowledgeRequest.Builder request =
                AcknowledgeRequest.newBuilder().setTopic("clips").setSubscription(subscription);
        events.forEach(event -> request.addMessageIds(event.getMessageId()));
        assertThat(client.pubsub(namespace).acknowledge(request.build()).getAcknowledged())
                .isEqualTo(events.size());
    }

    private S3Looker bucket() {
        return new S3Looker(prism.servers(), "prism-claims");
    }

    private static void awaitObjects(S3Looker bucket, String namespace, int count) {
        await().atMost(A_WHILE)
                .untilAsserted(() -> assertThat(bucket.keys(namespace + "/")).hasSize(count));
    }

    private static void assertStays(S3Looker bucket, String namespace, int count) {
        await().during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(5))
                .until(() -> bucket.keys(namespace + "/").size() == count);
    }

    @Test
    void aPayloadStaysUntilTheSlowSubscriptionHasAcknowledgedAndThenThereAreNoObjects() {
        String namespace = "lifecycle-slow";
        try (TestClient client = TestClient.of(prism);
                S3Looker bucket = bucket()) {
            client.createClaimCheck(namespace);
            try (Subscriber fast = new Subscriber(client, namespace, durable("fast"), 100);
                    Subscriber slow = new Subscriber(client, namespace, durable("slow"), 100)) {
                await().atMost(A_WHILE).until(() -> subscriptions(client, namespace) == 2);
                for (int i = 0; i < 3; i++) {
                    client.publish(namespace, "clips", payload(i));
                }
                acknowledge(client, namespace, "fast", fast.take(3));
                List<Event> late = slow.take(3);
                assertStays(bucket, namespace, 3);

                // When
                acknowledge(client, namespace, "slow", late.subList(0, 2));
                awaitObjects(bucket, namespace, 1);
                assertStays(bucket, namespace, 1);
                acknowledge(client, namespace, "slow", late.subList(2, 3));

                // Then
                awaitObjects(bucket, namespace, 0);
                assertThat(late).noneMatch(Event::hasError);
            }
        }
        await().atMost(A_WHILE)
                .untilAsserted(
                        () ->
                                assertThat(
                                                Http.body(
                                                        prism.addresses()
                                                                        .get(Addresses.STREAMS_HTTP)
                                                                + "/metrics"))
                                        .contains(
                                                "prism_pattern_claim_check_cleanup_success{namespace=\""
                                                        + namespace
                                                        + "\"} 3.0")
                                        .contains(
                                                "prism_streams_running{topology=\"claim-lifecycle\"}"
                                                        + " 1.0"));
    }

    private static int subscriptions(TestClient client, String namespace) {
        return client.pubsub(namespace)
                .listSubscriptions(io.prism.v1.ListSubscriptionsRequest.newBuilder().build())
                .getSubscriptionsCount();
    }

    @Test
    void aSubscriptionDeletedMeanwhileIsNotWaitedFor() {
        String namespace = "lifecycle-gone";
        try (TestClient client = TestClient.of(prism);
                S3Looker bucket = bucket()) {
            client.createClaimCheck(namespace);
            try (Subscriber stays = new Subscriber(client, namespace, durable("stays"), 100);
                    Subscriber goes = new Subscriber(client, namespace, durable("goes"), 100)) {
                await().atMost(A_WHILE).until(() -> subscriptions(client, namespace) == 2);
                client.publish(namespace, "clips", payload(1));
                acknowledge(client, namespace, "stays", stays.take(1));
                assertThat(goes.take(1)).hasSize(1);
                assertStays(bucket, namespace, 1);

                // When
                client.pubsub(namespace)
                        .unsubscribe(
                                UnsubscribeRequest.newBuilder().setSubscription("goes").build());

                // Then
                awaitObjects(bucket, namespace, 0);
            }
        }
    }

    @Test
    void aNamespaceThatIsNewIsServedWithoutAnyDelay() {
        String namespace = "lifecycle-new";
        prism.streams().await();
        try (TestClient client = TestClient.of(prism);
                S3Looker bucket = bucket()) {
            client.createClaimCheck(namespace);
            client.publish(namespace, "clips", payload(1));
            assertThat(client.read(namespace, "clips", 1).getFirst().getPayload())
                    .isEqualTo(payload(1));
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> bucket.keys(namespace + "/").isEmpty());
        }
    }

    @Test
    void aPayloadThatWasHandedOutAsAReferenceCanStillBeFetched() {
        String namespace = "lifecycle-ref";
        try (TestClient client = TestClient.of(prism);
                S3Looker bucket = bucket()) {
            client.createClaimCheck(namespace);
            client.publish(namespace, "clips", payload(1));
            Event event =
                    client.take(
                                    namespace,
                                    SubscribeRequest.newBuilder()
                                            .setTopic("clips")
                                            .setMaxInlineBytes(1000)
                                            .build(),
                                    1)
                            .getFirst();
            assertThat(event.getPayloadRef()).isNotEmpty();
            assertStays(bucket, namespace, 1);
        }
    }
}
