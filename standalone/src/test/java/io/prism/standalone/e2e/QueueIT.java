package io.prism.standalone.e2e;

import static io.prism.v1.AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_ACCEPT;
import static io.prism.v1.AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_EXTEND;
import static io.prism.v1.AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_REJECT;
import static io.prism.v1.AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_RELEASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.prism.v1.GetTopicInfoRequest;
import io.prism.v1.GetTopicInfoResponse;
import io.prism.v1.Message;
import io.prism.v1.PublishRequest;
import io.prism.v1.QueueAcknowledgeResponse;
import io.prism.v1.QueueSubscribeRequest;
import io.prism.v1.RedriveProgress;
import io.prism.v1.RedriveRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class QueueIT {
    private static final String NAMESPACE = "queue-it";
    private static final Duration SOON = Duration.ofSeconds(60);

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @BeforeAll
    static void setUp() {
        client = TestClient.of(SharedPrism.get());
        client.create(
                """
                namespaces:
                  - name: queue-it
                    client_api: queue
                    patterns:
                      - type: claim-check
                        threshold: 1MB
                        storage: s3
                        cleanup: {strategy: on_consume, ttl: 7d}
                    backend: kafka
                """);
    }

    @AfterAll
    static void tearDown() {
        client.close();
    }

    private static void send(String topic, ByteString payload) {
        client.queue(NAMESPACE)
                .publish(PublishRequest.newBuilder().setTopic(topic).setPayload(payload).build());
    }

    private static void send(String topic, int from, int to) {
        for (int i = from; i < to; i++) {
            send(topic, ByteString.copyFromUtf8("m" + i));
        }
    }

    private static QueueSubscribeRequest.Builder consumer(String topic) {
        return QueueSubscribeRequest.newBuilder().setTopic(topic);
    }

    private static com.google.protobuf.Duration seconds(int seconds) {
        return com.google.protobuf.Duration.newBuilder().setSeconds(seconds).build();
    }

    private static Set<String> texts(List<Message> messages) {
        return messages.stream()
                .map(m -> m.getPayload().toStringUtf8())
                .collect(Collectors.toSet());
    }

    private static Set<String> names(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).collect(Collectors.toSet());
    }

    private static GetTopicInfoResponse info(String topic) {
        return client.queue(NAMESPACE)
                .getTopicInfo(GetTopicInfoRequest.newBuilder().setTopic(topic).build());
    }

    @Test
    void aStreamDeliversNoMoreMessagesThanItAskedFor() {
        // Given
        send("few", 0, 5);
        try (Worker first =
                new Worker(client, NAMESPACE, consumer("few").setMaxMessages(2).build())) {
            List<Message> two = first.take(2);
            first.accept(two);

            // When
            try (Worker second = new Worker(client, NAMESPACE, consumer("few").build())) {
                List<Message> rest = second.take(3);

                // Then: the first stream had room for them, and nobody has seen them before
                assertThat(rest).allMatch(m -> m.getDeliveryCount() == 1);
                Set<String> all = texts(rest);
                all.addAll(texts(two));
                assertThat(all).isEqualTo(names(0, 5));
            }
        }
    }

    @Test
    void thirtyMessagesAreSharedByThreeConsumersEachExactlyOne() {
        send("shared", 0, 30);
        List<Worker> workers = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                workers.add(
                        new Worker(
                                client, NAMESPACE, consumer("shared").setMaxInflight(10).build()));
            }
            // When: each holds ten at most
            List<Message> all = new ArrayList<>();
            for (Worker worker : workers) {
                List<Message> ten = worker.take(10);
                all.addAll(ten);
            }
            for (int i = 0; i < 3; i++) {
                workers.get(i).accept(all.subList(i * 10, i * 10 + 10));
            }
            // Then
            assertThat(texts(all)).isEqualTo(names(0, 30));
            assertThat(all).allMatch(m -> m.getDeliveryCount() == 1);
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(info("shared").getDepth()).isZero());
        } finally {
            workers.forEach(Worker::close);
        }
    }

    @Test
    void aNewGroupHasItsFirstMessageSoonAfterSubscribing() {
        // Given a warm gateway
        send("warm", 0, 1);
        try (Worker warm = new Worker(client, NAMESPACE, consumer("warm").build())) {
            warm.accept(warm.take(1));
        }
        send("first", 0, 1);
        long start = System.nanoTime();
        try (Worker worker = new Worker(client, NAMESPACE, consumer("first").build())) {
            worker.accept(worker.take(1));
            long took = Duration.ofNanos(System.nanoTime() - start).toMillis();
            assertThat(took).as("milliseconds to the first message").isLessThan(15_000);
        }
    }

    @Test
    void whatAConsumerHeldWhenItWentAwayComesBackWithAHigherCount() {
        send("back", 0, 5);
        try (Worker first = new Worker(client, NAMESPACE, consumer("back").build())) {
            List<Message> held = first.take(5);
            first.accept(held.subList(0, 2));
        }
        // When
        try (Worker second = new Worker(client, NAMESPACE, consumer("back").build())) {
            List<Message> again = second.take(3);
            assertThat(again).allMatch(m -> m.getDeliveryCount() == 2);
            second.accept(again);
            assertThat(second.poll(Duration.ofSeconds(1))).isNull();
        }
    }

    @Test
    void aLeaseThatRunsOutGivesTheMessageToAnotherAndTheStaleAcknowledgementFails() {
        send("lease", 0, 1);
        QueueSubscribeRequest.Builder asked = consumer("lease").setMaxDeliveries(1_000);
        try (Worker slow =
                new Worker(client, NAMESPACE, asked.setVisibilityTimeout(seconds(1)).build())) {
            Message stale = slow.next(SOON);
            // When nobody acknowledges in time, and another consumer comes
            try (Worker other =
                    new Worker(
                            client, NAMESPACE, asked.setVisibilityTimeout(seconds(60)).build())) {
                Message current = other.poll(Duration.ofMillis(100));
                long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
                while (current == null && System.nanoTime() < deadline) {
                    Message again = slow.poll(Duration.ofMillis(10));
                    stale = again == null ? stale : again;
                    current = other.poll(Duration.ofMillis(100));
                }
                if (current == null) {
                    throw new AssertionError("the message did not come to the other consumer");
                }
                // Then
                assertThat(current.getDeliveryCount()).isGreaterThan(stale.getDeliveryCount());
                assertThat(current.getPublishedId()).isEqualTo(stale.getPublishedId());
                QueueAcknowledgeResponse late =
                        slow.settle(ACKNOWLEDGE_OUTCOME_ACCEPT, List.of(stale));
                assertThat(late.getAcknowledged()).isZero();
                assertThat(late.getFailures(0).getCode()).isEqualTo("LEASE_LOST");
                other.accept(List.of(current));
            }
        }
    }

    @Test
    void aLeaseLivesAsLongAsItIsExtended() {
        send("extended", 0, 1);
        try (Worker worker =
                new Worker(
                        client,
                        NAMESPACE,
                        consumer("extended").setVisibilityTimeout(seconds(6)).build())) {
            List<Message> held = worker.take(1);
            for (int i = 0; i < 4; i++) {
                assertThat(worker.poll(Duration.ofSeconds(2))).isNull();
                assertThat(worker.settle(ACKNOWLEDGE_OUTCOME_EXTEND, held).getAcknowledged())
                        .isEqualTo(1);
            }
            worker.accept(held);
        }
    }

    @Test
    void aReleasedMessageWaitsOutItsDelay() {
        send("delayed", 0, 1);
        try (Worker worker = new Worker(client, NAMESPACE, consumer("delayed").build())) {
            List<Message> held = worker.take(1);
            worker.settle(ACKNOWLEDGE_OUTCOME_RELEASE, Duration.ofSeconds(2), held);
            assertThat(worker.poll(Duration.ofMillis(1_500))).isNull();
            Message again = worker.next(SOON);
            assertThat(again.getDeliveryCount()).isEqualTo(2);
            worker.accept(List.of(again));
        }
    }

    @Test
    void aMessageThatAlwaysFailsIsDeadAfterItsLastDeliveryAndARedriveBringsItBack() {
        byte[] large = new byte[1_500_000];
        new Random(7).nextBytes(large);
        ByteString payload = ByteString.copyFrom(large);
        send("dead", payload);
        QueueSubscribeRequest request = consumer("dead").setMaxDeliveries(3).build();
        try (Worker worker = new Worker(client, NAMESPACE, request)) {
            for (int delivery = 1; delivery <= 3; delivery++) {
                Message message = worker.next(SOON);
                assertThat(message.getDeliveryCount()).isEqualTo(delivery);
                assertThat(message.getPayload().equals(payload)).isTrue();
                worker.settle(ACKNOWLEDGE_OUTCOME_RELEASE, List.of(message));
            }
            assertThat(worker.poll(Duration.ofSeconds(1))).isNull();
            assertThat(info("dead").getDeadLetters()).isEqualTo(1);

            // When
            assertThat(redrive("dead", true).getRemaining()).isEqualTo(1);
            RedriveProgress done = redrive("dead", false);

            // Then
            assertThat(done.getRedriven()).isEqualTo(1);
            assertThat(done.getDone()).isTrue();
            Message again = worker.next(SOON);
            assertThat(again.getDeliveryCount()).isEqualTo(1);
            assertThat(again.getPayload().equals(payload)).isTrue();
            worker.accept(List.of(again));
            assertThat(info("dead").getDeadLetters()).isZero();
        }
    }

    private static RedriveProgress redrive(String topic, boolean dryRun) {
        Iterator<RedriveProgress> progress =
                client.queue(NAMESPACE)
                        .redrive(
                                RedriveRequest.newBuilder()
                                        .setTopic(topic)
                                        .setDryRun(dryRun)
                                        .build());
        RedriveProgress last = progress.next();
        while (progress.hasNext()) {
            last = progress.next();
        }
        return last;
    }

    @Test
    void aMessageThatIsRejectedAgainAndAgainStopsCircling() {
        send("circle", 0, 1);
        try (Worker worker = new Worker(client, NAMESPACE, consumer("circle").build())) {
            for (int i = 0; i < 4; i++) {
                worker.settle(ACKNOWLEDGE_OUTCOME_REJECT, List.of(worker.next(SOON)));
                RedriveProgress done = redrive("circle", false);
                assertThat(done.getRedriven()).isEqualTo(i < 3 ? 1 : 0);
                assertThat(done.getSkipped()).isEqualTo(i < 3 ? 0 : 1);
            }
            assertThat(info("circle").getDeadLetters()).isEqualTo(1);
        }
    }

    @Test
    void oneMessageThatTakesLongDoesNotHoldUpTheOthers() {
        send("stuck", 0, 200);
        QueueSubscribeRequest request =
                consumer("stuck").setMaxInflight(10).setVisibilityTimeout(seconds(300)).build();
        try (Worker worker = new Worker(client, NAMESPACE, request)) {
            Message held = worker.next(SOON);
            Set<String> seen = new HashSet<>(texts(List.of(held)));
            while (seen.size() < 200) {
                Message message = worker.next(SOON);
                seen.addAll(texts(List.of(message)));
                worker.accept(List.of(message));
            }
            assertThat(seen).isEqualTo(names(0, 200));
            worker.accept(List.of(held));
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(info("stuck").getDepth()).isZero());
        }
    }

    @Test
    void aPubSubCallOnAQueueIsRefusedAndSoIsAnIdThatIsNoDelivery() {
        Throwable refused = catchThrowable(() -> client.publish(NAMESPACE, "x", ByteString.EMPTY));
        assertThat(TestClient.reason(refused)).isEqualTo("API_MISMATCH");
        send("ids", 0, 1);
        try (Worker worker = new Worker(client, NAMESPACE, consumer("ids").build())) {
            Message message = worker.next(SOON);
            QueueAcknowledgeResponse response =
                    worker.settle(
                            ACKNOWLEDGE_OUTCOME_ACCEPT,
                            List.of(
                                    message.toBuilder().setMessageId("nonsense").build(),
                                    message.toBuilder()
                                            .setMessageId(message.getPublishedId() + "@gone.1")
                                            .build(),
                                    message));
            assertThat(response.getAcknowledged()).isEqualTo(1);
            assertThat(response.getFailuresList())
                    .extracting("code")
                    .containsExactlyInAnyOrder("MESSAGE_ID_INVALID", "LEASE_LOST");
        }
    }
}
