package io.prism.standalone.e2e;

import static io.prism.v1.AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_ACCEPT;
import static io.prism.v1.AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_EXTEND;
import static io.prism.v1.AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_RELEASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.prism.v1.AcknowledgeOutcome;
import io.prism.v1.DeleteNamespaceRequest;
import io.prism.v1.GetTopicInfoRequest;
import io.prism.v1.Message;
import io.prism.v1.PublishRequest;
import io.prism.v1.QueueAcknowledgeFailure;
import io.prism.v1.QueueAcknowledgeResponse;
import io.prism.v1.QueueSubscribeRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways of one cluster, of which one is killed: any of them serves any call. */
final class TwoGatewaysIT {
    private static final String NAMESPACE = "two-gateways-it";
    private static final Duration SOON = Duration.ofSeconds(60);

    /** The group's session timeout, and what a loaded machine needs. */
    private static final Duration TAKEN_OVER = Duration.ofSeconds(30);

    @TempDir private static Path temp;

    @SuppressWarnings("NullAway.Init")
    private static RunningGateway second;

    @SuppressWarnings("NullAway.Init")
    private RunningGateway first;

    @BeforeAll
    static void startTheOneThatStays() {
        second = RunningGateway.start(SharedPrism.get().servers(), temp);
        second.client()
                .create(
                        """
                        namespaces:
                          - name: two-gateways-it
                            client_api: queue
                            backend: {type: kafka, partitions: 4}
                        """);
    }

    @AfterAll
    static void stopIt() {
        second.close();
    }

    @BeforeEach
    void startTheOneThatIsKilled() {
        first = RunningGateway.start(SharedPrism.get().servers(), temp);
    }

    @AfterEach
    void stopThat() {
        first.close();
    }

    /** Different texts are spread over the partitions. */
    private static void send(String topic, String text) {
        second.client()
                .queue(NAMESPACE)
                .publish(
                        PublishRequest.newBuilder()
                                .setTopic(topic)
                                .setKey(text)
                                .setPayload(ByteString.copyFromUtf8(text))
                                .build());
    }

    private static Worker worker(RunningGateway gateway, String topic, int lease) {
        return new Worker(
                gateway.client(),
                NAMESPACE,
                QueueSubscribeRequest.newBuilder()
                        .setTopic(topic)
                        .setMaxInflight(100)
                        .setMaxDeliveries(100)
                        .setVisibilityTimeout(
                                com.google.protobuf.Duration.newBuilder().setSeconds(lease))
                        .build());
    }

    private static String text(Message message) {
        return message.getPayload().toStringUtf8();
    }

    private static Message of(List<Message> messages, String text) {
        return messages.stream().filter(m -> text(m).equals(text)).findFirst().orElseThrow();
    }

    private static long depth(String topic) {
        return second.client()
                .queue(NAMESPACE)
                .getTopicInfo(GetTopicInfoRequest.newBuilder().setTopic(topic).build())
                .getDepth();
    }

    /** Through the gateway that has not delivered it. */
    private static QueueAcknowledgeResponse elsewhere(
            Worker worker, AcknowledgeOutcome outcome, Duration delay, Message message) {
        return worker.settle(second.client(), outcome, delay, List.of(message));
    }

    private static void assertDone(QueueAcknowledgeResponse response) {
        assertThat(response.getFailuresList()).isEmpty();
        assertThat(response.getAcknowledged()).isEqualTo(1);
    }

    private static void assertLost(QueueAcknowledgeResponse response, Message message) {
        assertThat(response.getFailuresList())
                .extracting(QueueAcknowledgeFailure::getMessageId, QueueAcknowledgeFailure::getCode)
                .containsExactly(tuple(message.getMessageId(), "LEASE_LOST"));
    }

    @Test
    void whatAKilledGatewayHeldComesFromTheOtherWithAHigherCount() {
        try (Worker doomed = worker(first, "held", 10);
                Worker other = worker(second, "held", 10)) {
            // Given: both have partitions of the queue, and one holds what it was given
            Map<String, Integer> held = new HashMap<>();
            Set<String> accepted = new HashSet<>();
            awaitBothServe(doomed, other);
            Set<String> sent =
                    IntStream.range(0, 40).mapToObj(i -> "m" + i).collect(Collectors.toSet());
            sent.forEach(text -> send("held", text));
            await().atMost(SOON)
                    .until(
                            () -> {
                                take(doomed, held);
                                acceptAll(other, accepted);
                                return held.size() + accepted.size() == sent.size();
                            });
            assertThat(held).isNotEmpty();
            assertThat(accepted).isNotEmpty();
            take(doomed, held, Duration.ofSeconds(1));

            // When
            first.kill();

            // Then
            long killed = System.nanoTime();
            Map<String, Integer> again = new HashMap<>();
            while (!again.keySet().containsAll(held.keySet())) {
                Duration left = TAKEN_OVER.minusNanos(System.nanoTime() - killed);
                Message message = other.next(left.isNegative() ? Duration.ZERO : left);
                again.merge(text(message), message.getDeliveryCount(), Math::max);
                if (other.settle(ACKNOWLEDGE_OUTCOME_ACCEPT, List.of(message)).getAcknowledged()
                        == 1) {
                    accepted.add(text(message));
                }
            }
            System.out.println(
                    "all "
                            + held.size()
                            + " held messages came from the other gateway "
                            + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed)
                            + " ms after the kill");
            held.forEach(
                    (text, count) ->
                            assertThat(again.get(text))
                                    .as("count of " + text)
                                    .isGreaterThan(count));
            assertThat(accepted).isEqualTo(sent);
            await().atMost(SOON).until(() -> depth("held") == 0);
        }
    }

    /** Sends until each has been given a message. */
    private static void awaitBothServe(Worker... workers) {
        Set<Worker> served = new HashSet<>();
        AtomicInteger probes = new AtomicInteger();
        await().atMost(SOON)
                .until(
                        () -> {
                            send("held", "probe-" + probes.incrementAndGet());
                            for (Worker worker : workers) {
                                Message probe = worker.poll(Duration.ofMillis(100));
                                if (probe != null) {
                                    worker.settle(ACKNOWLEDGE_OUTCOME_ACCEPT, List.of(probe));
                                    served.add(worker);
                                }
                            }
                            return served.size() == workers.length;
                        });
        await().atMost(SOON)
                .until(
                        () -> {
                            for (Worker worker : workers) {
                                Message probe = worker.poll(Duration.ofMillis(100));
                                if (probe != null) {
                                    worker.settle(ACKNOWLEDGE_OUTCOME_ACCEPT, List.of(probe));
                                }
                            }
                            return depth("held") == 0;
                        });
    }

    private static void take(Worker worker, Map<String, Integer> held) {
        take(worker, held, Duration.ofMillis(50));
    }

    /** What comes until nothing comes for that long, with the deliveries so far. */
    private static void take(Worker worker, Map<String, Integer> held, Duration quiet) {
        for (Message message = worker.poll(quiet); message != null; message = worker.poll(quiet)) {
            held.merge(text(message), message.getDeliveryCount(), Math::max);
        }
    }

    private static void acceptAll(Worker worker, Set<String> accepted) {
        for (Message message = worker.poll(Duration.ofMillis(50));
                message != null;
                message = worker.poll(Duration.ofMillis(50))) {
            worker.accept(List.of(message));
            accepted.add(text(message));
        }
    }

    @Test
    void aNamespaceIsDeletedWithItsDataWhileAnotherGatewayHasItsConsumers() {
        String namespace = "two-gateways-gone";
        second.client()
                .create(
                        "namespaces: [{name: "
                                + namespace
                                + ", client_api: queue, backend: {type: kafka}}]");
        second.client()
                .queue(namespace)
                .publish(PublishRequest.newBuilder().setTopic("jobs").build());
        try (Worker worker =
                new Worker(
                        first.client(),
                        namespace,
                        QueueSubscribeRequest.newBuilder().setTopic("jobs").build())) {
            assertThat(worker.take(1)).hasSize(1);

            // When
            second.client()
                    .admin()
                    .deleteNamespace(
                            DeleteNamespaceRequest.newBuilder()
                                    .setName(namespace)
                                    .setDeleteData(true)
                                    .build());

            // Then
            await().atMost(SOON).until(() -> worker.failure() != null);
            assertThat(groups("prism.queue." + namespace)).isEmpty();
        }
    }

    private static List<String> groups(String prefix) {
        try (Admin admin =
                Admin.create(
                        Map.of(
                                "bootstrap.servers",
                                SharedPrism.get().servers().kafkaBootstrap()))) {
            return admin.listGroups().all().get(60, TimeUnit.SECONDS).stream()
                    .map(GroupListing::groupId)
                    .filter(group -> group.startsWith(prefix))
                    .toList();
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anAcknowledgementThatReachesAnotherGatewayIsForwardedWhileTheHolderLives() {
        Stream.of("accepted", "released", "extended").forEach(text -> send("forwarded", text));
        Message lost;
        try (Worker holder = worker(first, "forwarded", 10)) {
            List<Message> held = holder.take(3);

            // When
            assertDone(
                    elsewhere(
                            holder,
                            ACKNOWLEDGE_OUTCOME_EXTEND,
                            Duration.ofSeconds(60),
                            of(held, "extended")));
            assertDone(
                    elsewhere(
                            holder,
                            ACKNOWLEDGE_OUTCOME_ACCEPT,
                            Duration.ZERO,
                            of(held, "accepted")));
            assertDone(
                    elsewhere(
                            holder,
                            ACKNOWLEDGE_OUTCOME_RELEASE,
                            Duration.ZERO,
                            of(held, "released")));

            // Then
            Message again = holder.next(SOON);
            assertThat(text(again)).isEqualTo("released");
            assertThat(again.getDeliveryCount()).isEqualTo(2);
            assertDone(elsewhere(holder, ACKNOWLEDGE_OUTCOME_ACCEPT, Duration.ZERO, again));
            assertThat(holder.poll(Duration.ofSeconds(11))).as("longer than the lease").isNull();
            assertDone(
                    elsewhere(
                            holder,
                            ACKNOWLEDGE_OUTCOME_ACCEPT,
                            Duration.ZERO,
                            of(held, "extended")));
            await().atMost(SOON).until(() -> depth("forwarded") == 0);
            send("forwarded", "lost");
            lost = holder.next(SOON);
            first.kill();
            assertLost(elsewhere(holder, ACKNOWLEDGE_OUTCOME_ACCEPT, Duration.ZERO, lost), lost);
        }
        try (Worker other = worker(second, "forwarded", 60)) {
            Message again = other.next(TAKEN_OVER);
            assertThat(text(again)).isEqualTo("lost");
            QueueAcknowledgeResponse response =
                    other.settle(ACKNOWLEDGE_OUTCOME_ACCEPT, List.of(lost, again));
            assertThat(response.getAcknowledged()).isEqualTo(1);
            assertLost(response, lost);
            await().atMost(SOON).until(() -> depth("forwarded") == 0);
        }
    }
}
