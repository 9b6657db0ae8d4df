package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.prism.standalone.embedded.Servers;
import io.prism.v1.GetTopicInfoRequest;
import io.prism.v1.Message;
import io.prism.v1.PublishRequest;
import io.prism.v1.QueueSubscribeRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A queue's message whose payload was released, and whose position was not committed. */
final class AcceptedThenKilledIT {
    private static final String NAMESPACE = "accepted-then-killed-it";
    private static final Duration SOON = Duration.ofSeconds(60);

    /** The group's session timeout, and what a loaded machine needs. */
    private static final Duration TAKEN_OVER = Duration.ofSeconds(30);

    @TempDir private Path temp;

    private static void publish(TestClient client, ByteString payload) {
        client.queue(NAMESPACE)
                .publish(PublishRequest.newBuilder().setTopic("films").setPayload(payload).build());
    }

    private static Worker worker(TestClient client) {
        return new Worker(
                client, NAMESPACE, QueueSubscribeRequest.newBuilder().setTopic("films").build());
    }

    /**
     * A kill between an acceptance and the commit of its position, made certain by taking the
     * position back. Nobody had subscribed when the message was published.
     */
    @Test
    void whatWasAcceptedJustBeforeTheKillDoesNotComeAgainWithoutItsPayload() {
        Servers servers = SharedPrism.get().servers();
        try (TestClient client = TestClient.of(SharedPrism.get());
                S3Looker bucket = new S3Looker(servers, "prism-claims")) {
            client.create(
                    """
                    namespaces:
                      - name: accepted-then-killed-it
                        client_api: queue
                        patterns:
                          - type: claim-check
                            threshold: 100KB
                            storage: s3
                            cleanup: {strategy: on_consume, ttl: 7d}
                        backend: {type: kafka, partitions: 1}
                    """);
            publish(client, ByteString.copyFrom(new byte[200_000]));
            try (RunningGateway doomed = RunningGateway.start(servers, temp);
                    Worker worker = worker(doomed.client())) {
                Message film = worker.next(SOON);
                assertThat(film.getPayload().size()).isEqualTo(200_000);
                worker.accept(List.of(film));
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(bucket.keys(NAMESPACE + "/")).isEmpty());
                doomed.kill();
            }
            await().atMost(TAKEN_OVER)
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .until(() -> rewound(servers.kafkaBootstrap()));

            // When
            publish(client, ByteString.copyFromUtf8("next"));

            // Then
            try (Worker worker = worker(client)) {
                Message next = worker.next(TAKEN_OVER);
                assertThat(next.hasError()).as(next.toString()).isFalse();
                assertThat(next.getPayload().toStringUtf8()).isEqualTo("next");
                worker.accept(List.of(next));
                await("the end of the queue").atMost(SOON).until(() -> depth(client) == 0);
                assertThat(worker.poll(Duration.ZERO)).isNull();
            }
        }
    }

    private static long depth(TestClient client) {
        return client.queue(NAMESPACE)
                .getTopicInfo(GetTopicInfoRequest.newBuilder().setTopic("films").build())
                .getDepth();
    }

    /** Fails while the group has members, of which the killed gateway is one for a while. */
    private static boolean rewound(String bootstrap) throws Exception {
        String topic = NAMESPACE + ".films";
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            String group =
                    admin.listGroups().all().get().stream()
                            .map(GroupListing::groupId)
                            .filter(id -> id.startsWith("prism.queue." + topic + "."))
                            .findFirst()
                            .orElseThrow();
            admin.alterConsumerGroupOffsets(
                            group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0)))
                    .all()
                    .get();
            return true;
        }
    }
}
