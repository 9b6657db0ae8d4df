package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.prism.v1.AckMode;
import io.prism.v1.AcknowledgeRequest;
import io.prism.v1.Event;
import io.prism.v1.ListSubscriptionsRequest;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.StartPosition;
import io.prism.v1.SubscribeRequest;
import io.prism.v1.Subscription;
import io.prism.v1.UnsubscribeRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class SubscriptionsIT {
    private static final String NAMESPACE = "subs-it";

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @BeforeAll
    static void setUp() {
        client = TestClient.of(SharedPrism.get());
        client.createPlain(NAMESPACE);
    }

    @AfterAll
    static void tearDown() {
        client.close();
    }

    private static void publish(String topic, String key, int from, int to) {
        for (int i = from; i < to; i++) {
            client.pubsub(NAMESPACE)
                    .publish(
                            PublishRequest.newBuilder()
                                    .setTopic(topic)
                                    .setKey(key)
                                    .setPayload(ByteString.copyFromUtf8("m" + i))
                                    .build());
        }
    }

    private static List<String> texts(List<Event> events) {
        return events.stream().map(e -> e.getPayload().toStringUtf8()).toList();
    }

    private static SubscribeRequest.Builder durable(String topic, String name) {
        return SubscribeRequest.newBuilder()
                .setTopic(topic)
                .setSubscription(name)
                .setAckMode(AckMode.ACK_MODE_EXPLICIT);
    }

    private static void acknowledge(String subscription, String topic, List<Event> events) {
        var response =
                client.pubsub(NAMESPACE)
                        .acknowledge(
                                AcknowledgeRequest.newBuilder()
                                        .setSubscription(subscription)
                                        .setTopic(topic)
                                        .addAllMessageIds(
                                                events.stream().map(Event::getMessageId).toList())
                                        .build());
        assertThat(response.getFailuresList()).isEmpty();
        assertThat(response.getAcknowledged()).isEqualTo(events.size());
    }

    @Test
    void whatIsNotAcknowledgedComesAgainToTheNextStreamAndIsCounted() {
        publish("again", "k", 0, 10);
        // Given
        try (Subscriber first =
                new Subscriber(client, NAMESPACE, durable("again", "s").build(), 100)) {
            List<Event> events = first.take(10);
            assertThat(events).allMatch(e -> e.getDeliveryCount() == 1);
            acknowledge("s", "again", List.of(events.get(0), events.get(1), events.get(5)));
        }

        // When
        List<Event> again;
        try (Subscriber second =
                new Subscriber(client, NAMESPACE, durable("again", "s").build(), 100)) {
            again = second.take(7);
            acknowledge("s", "again", again);
        }

        // Then
        assertThat(texts(again)).containsExactly("m2", "m3", "m4", "m6", "m7", "m8", "m9");
        assertThat(again).allMatch(e -> e.getDeliveryCount() == 2);
        publish("again", "k", 10, 11);
        try (Subscriber third =
                new Subscriber(client, NAMESPACE, durable("again", "s").build(), 100)) {
            assertThat(texts(third.take(1))).containsExactly("m10");
            assertThat(third.drain(Duration.ofMillis(300))).isEmpty();
        }
    }

    @Test
    void noMoreThanMaxInflightWaitForAcknowledgement() {
        publish("window", "k", 0, 10);
        try (Subscriber stream =
                new Subscriber(
                        client, NAMESPACE, durable("window", "w").setMaxInflight(3).build(), 100)) {
            List<Event> events = stream.take(3);
            assertThat(stream.drain(Duration.ofMillis(500))).isEmpty();
            acknowledge("w", "window", List.of(events.get(1)));
            assertThat(texts(stream.take(1))).containsExactly("m3");
            assertThat(stream.drain(Duration.ofMillis(300))).isEmpty();
        }
    }

    @Test
    void twoStreamsOfOneSubscriptionShareItsMessages() {
        // Given
        SubscribeRequest request =
                durable("shared", "both").setAckMode(AckMode.ACK_MODE_AUTO).build();
        publish("shared", "", 0, 1);
        try (Subscriber one = new Subscriber(client, NAMESPACE, request, 10_000);
                Subscriber two = new Subscriber(client, NAMESPACE, request, 10_000)) {
            // When: both have partitions
            Set<String> seen = java.util.concurrent.ConcurrentHashMap.newKeySet();
            int[] published = {1};
            boolean[] both = {false, false};
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(
                            () -> {
                                for (int i = 0; i < 8; i++) {
                                    publish("shared", "key-" + i, published[0], published[0] + 1);
                                    published[0]++;
                                }
                                List<String> a = texts(one.drain(Duration.ofMillis(100)));
                                List<String> b = texts(two.drain(Duration.ofMillis(100)));
                                both[0] |= !a.isEmpty();
                                both[1] |= !b.isEmpty();
                                seen.addAll(a);
                                seen.addAll(b);
                                return both[0] && both[1];
                            });
            // Then
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(
                            () -> {
                                seen.addAll(texts(one.drain(Duration.ofMillis(100))));
                                seen.addAll(texts(two.drain(Duration.ofMillis(100))));
                                assertThat(seen).hasSize(published[0]);
                            });
        }
    }

    @Test
    void aSubscriptionBeginsWhereItIsToldTo() {
        publish("start", "k", 0, 5);
        StartPosition latest =
                StartPosition.newBuilder().setLatest(Empty.getDefaultInstance()).build();
        StartPosition third = StartPosition.newBuilder().setOffset(3).build();
        assertThat(
                        texts(
                                client.take(
                                        NAMESPACE,
                                        SubscribeRequest.newBuilder()
                                                .setTopic("start")
                                                .setStart(third)
                                                .build(),
                                        2)))
                .containsExactly("m3", "m4");
        for (String name : new String[] {"", "durable-latest"}) {
            SubscribeRequest request =
                    SubscribeRequest.newBuilder()
                            .setTopic("start")
                            .setSubscription(name)
                            .setStart(latest)
                            .build();
            HeadersWaiter headers = new HeadersWaiter();
            try (Subscriber stream = headers.subscribe(client, NAMESPACE, request)) {
                headers.await();
                publish("start", "k", 100, 101);
                assertThat(texts(stream.take(1))).containsExactly("m100");
            }
        }
    }

    @Test
    void wildcardsMatchLevelsAndFindTopicsThatAppearLater() {
        publish("w.a", "", 0, 1);
        publish("w.a.deep", "", 1, 2);
        publish("other", "", 2, 3);
        try (Subscriber one =
                        new Subscriber(
                                client,
                                NAMESPACE,
                                SubscribeRequest.newBuilder().setTopic("w.*").build(),
                                100);
                Subscriber rest =
                        new Subscriber(
                                client,
                                NAMESPACE,
                                SubscribeRequest.newBuilder().setTopic("w.>").build(),
                                100)) {
            assertThat(texts(one.take(1))).containsExactly("m0");
            assertThat(texts(rest.take(2))).containsExactlyInAnyOrder("m0", "m1");
            publish("w.later", "", 3, 4);
            assertThat(one.take(1).getFirst().getTopic()).isEqualTo("w.later");
            assertThat(texts(rest.take(1))).containsExactly("m3");
        }
    }

    @Test
    void subscriptionsAreListedAndRemoved() {
        publish("listed", "", 0, 1);
        Subscriber stream =
                new Subscriber(client, NAMESPACE, durable("listed", "to-remove").build(), 10);
        stream.take(1);
        assertThat(
                        client.pubsub(NAMESPACE)
                                .listSubscriptions(ListSubscriptionsRequest.getDefaultInstance())
                                .getSubscriptionsList())
                .anySatisfy(
                        s -> {
                            assertThat(s.getName()).isEqualTo("to-remove");
                            assertThat(s.getTopic()).isEqualTo("listed");
                            assertThat(s.getActiveStreams()).isEqualTo(1);
                            assertThat(s.getAckMode()).isEqualTo(AckMode.ACK_MODE_EXPLICIT);
                        });

        // When
        client.pubsub(NAMESPACE)
                .unsubscribe(UnsubscribeRequest.newBuilder().setSubscription("to-remove").build());

        // Then
        assertThat(TestClient.reason(stream.ended())).isEqualTo("SUBSCRIPTION_ENDED");
        assertThat(
                        client.pubsub(NAMESPACE)
                                .listSubscriptions(ListSubscriptionsRequest.getDefaultInstance())
                                .getSubscriptionsList())
                .extracting(Subscription::getName)
                .doesNotContain("to-remove");
        assertThat(
                        TestClient.reason(
                                catchThrowable(
                                        () ->
                                                client.pubsub(NAMESPACE)
                                                        .unsubscribe(
                                                                UnsubscribeRequest.newBuilder()
                                                                        .setSubscription(
                                                                                "to-remove")
                                                                        .build()))))
                .isEqualTo("SUBSCRIPTION_NOT_FOUND");
    }

    @Test
    void aSubscriptionToAnotherTopicUnderTheSameNameIsRefused() {
        publish("one", "", 0, 1);
        try (Subscriber stream =
                new Subscriber(client, NAMESPACE, durable("one", "named").build(), 10)) {
            stream.take(1);
        }
        Subscriber other = new Subscriber(client, NAMESPACE, durable("two", "named").build(), 10);
        assertThat(TestClient.reason(other.ended())).isEqualTo("SUBSCRIPTION_MISMATCH");
    }

    @Test
    void aMessageIdGivenTwiceIsOneMessage() {
        PublishRequest request =
                PublishRequest.newBuilder()
                        .setTopic("dedup")
                        .setMessageId("only-once")
                        .setPayload(ByteString.copyFromUtf8("m"))
                        .build();
        PublishResponse first = client.pubsub(NAMESPACE).publish(request);
        PublishResponse second = client.pubsub(NAMESPACE).publish(request);
        List<PublishResponse> racing =
                IntStream.range(0, 16)
                        .parallel()
                        .mapToObj(
                                i ->
                                        client.pubsub(NAMESPACE)
                                                .publish(
                                                        request.toBuilder()
                                                                .setMessageId("racing")
                                                                .build()))
                        .toList();
        assertThat(first.getDuplicate()).isFalse();
        assertThat(second.getDuplicate()).isTrue();
        assertThat(second.getOffset()).isEqualTo(first.getOffset());
        assertThat(racing.stream().filter(r -> !r.getDuplicate())).hasSize(1);
        assertThat(
                        KafkaLooker.all(
                                        SharedPrism.get().servers().kafkaBootstrap(),
                                        NAMESPACE + ".dedup")
                                .stream()
                                .map(r -> KafkaLooker.headers(r).get("prism-id"))
                                .collect(Collectors.toList()))
                .containsExactlyInAnyOrder("only-once", "racing");
    }
}
