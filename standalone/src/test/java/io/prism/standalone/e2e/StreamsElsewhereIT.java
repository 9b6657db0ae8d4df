package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.prism.v1.AckMode;
import io.prism.v1.AcknowledgeRequest;
import io.prism.v1.AcknowledgeResponse;
import io.prism.v1.DeleteNamespaceRequest;
import io.prism.v1.Event;
import io.prism.v1.PublishRequest;
import io.prism.v1.SubscribeRequest;
import io.prism.v1.UnsubscribeRequest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls about a pub/sub stream that reach another gateway than the one that has it. */
final class StreamsElsewhereIT {
    private static final String NAMESPACE = "streams-elsewhere-it";

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir private static Path temp;

    @SuppressWarnings("NullAway.Init")
    private static TestClient here;

    @SuppressWarnings("NullAway.Init")
    private static RunningGateway elsewhere;

    @BeforeAll
    static void setUp() {
        here = TestClient.of(SharedPrism.get());
        elsewhere = RunningGateway.start(SharedPrism.get().servers(), temp);
        create(NAMESPACE);
    }

    @AfterAll
    static void tearDown() {
        elsewhere.close();
        here.close();
    }

    private static void create(String namespace) {
        here.create(
                """
                namespaces:
                  - name: %s
                    client_api: pubsub
                    backend: {type: kafka, partitions: 1}
                """
                        .formatted(namespace));
    }

    private static void publish(String namespace, String topic, String text) {
        here.pubsub(namespace)
                .publish(
                        PublishRequest.newBuilder()
                                .setTopic(topic)
                                .setPayload(ByteString.copyFromUtf8(text))
                                .build());
    }

    private static AcknowledgeResponse acknowledgeElsewhere(String subscription, String... ids) {
        return elsewhere
                .client()
                .pubsub(NAMESPACE)
                .acknowledge(
                        AcknowledgeRequest.newBuilder()
                                .setTopic("acks")
                                .setSubscription(subscription)
                                .addAllMessageIds(java.util.List.of(ids))
                                .build());
    }

    private static Status.Code acknowledgementElsewhere(String subscription) {
        try {
            var unused = acknowledgeElsewhere(subscription, "any");
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    @Test
    void anAcknowledgementFindsTheGatewayThatDelivered() {
        // Given
        publish(NAMESPACE, "acks", "first");
        SubscribeRequest durable =
                SubscribeRequest.newBuilder()
                        .setTopic("acks")
                        .setSubscription("kept")
                        .setAckMode(AckMode.ACK_MODE_EXPLICIT)
                        .build();
        try (Subscriber subscriber = new Subscriber(here, NAMESPACE, durable, 10)) {
            Event event = subscriber.take(1).getFirst();

            // When
            AcknowledgeResponse response =
                    acknowledgeElsewhere("kept", event.getMessageId(), "never-published");

            // Then
            assertThat(response.getAcknowledged()).isEqualTo(1);
            assertThat(response.getFailuresList())
                    .singleElement()
                    .satisfies(
                            failure -> {
                                assertThat(failure.getMessageId()).isEqualTo("never-published");
                                assertThat(failure.getCode()).isEqualTo("UNKNOWN_MESSAGE_ID");
                            });
            assertThat(acknowledgeElsewhere("kept", event.getMessageId()).getAcknowledged())
                    .as("acknowledged before")
                    .isZero();
        }
        publish(NAMESPACE, "acks", "second");
        try (Subscriber again = new Subscriber(here, NAMESPACE, durable, 10)) {
            assertThat(again.take(1).getFirst().getPayload().toStringUtf8()).isEqualTo("second");
        }
    }

    @Test
    void anEphemeralStreamIsFoundByItsId() {
        publish(NAMESPACE, "ends", "one");
        try (Subscriber subscriber =
                new Subscriber(
                        here,
                        NAMESPACE,
                        SubscribeRequest.newBuilder().setTopic("ends").build(),
                        10)) {
            String id = subscriber.take(1).getFirst().getSubscriptionId();

            // When
            var unused =
                    elsewhere
                            .client()
                            .pubsub(NAMESPACE)
                            .unsubscribe(
                                    UnsubscribeRequest.newBuilder().setSubscriptionId(id).build());

            // Then
            assertThat(Status.fromThrowable(subscriber.ended()).getDescription())
                    .contains("removed");
            await().atMost(SOON)
                    .until(
                            () -> acknowledgementElsewhere(id),
                            code -> code == Status.Code.NOT_FOUND);
        }
    }

    @Test
    void aNamespaceDeletedOnOneGatewayEndsItsStreamsOnTheOther() {
        create("gone-elsewhere-it");
        publish("gone-elsewhere-it", "any", "one");
        try (Subscriber subscriber =
                new Subscriber(
                        here,
                        "gone-elsewhere-it",
                        SubscribeRequest.newBuilder().setTopic("any").build(),
                        10)) {
            assertThat(subscriber.take(1)).hasSize(1);

            // When
            var unused =
                    elsewhere
                            .client()
                            .admin()
                            .deleteNamespace(
                                    DeleteNamespaceRequest.newBuilder()
                                            .setName("gone-elsewhere-it")
                                            .setDeleteData(true)
                                            .build());

            // Then
            assertThat(Status.fromThrowable(subscriber.ended()).getDescription())
                    .contains("removed");
        }
    }
}
