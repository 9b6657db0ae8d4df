package io.prism.standalone.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.prism.core.id.TimeOrderedIds;
import io.prism.v1.ClaimStatsRequest;
import io.prism.v1.SweepClaimsRequest;
import io.prism.v1.SweepClaimsResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class ClaimSweepIT {
    private static final String BUCKET = "prism-claims";

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @SuppressWarnings("NullAway.Init")
    private static S3Looker s3;

    @BeforeAll
    static void setUp() {
        client = TestClient.of(SharedPrism.get());
        s3 = new S3Looker(SharedPrism.get().servers(), BUCKET);
    }

    @AfterAll
    static void tearDown() {
        client.close();
        s3.close();
    }

    private static String bootstrap() {
        return SharedPrism.get().servers().kafkaBootstrap();
    }

    private static SweepClaimsResponse sweep(String namespace, boolean dryRun) {
        return client.admin()
                .withDeadlineAfter(180, java.util.concurrent.TimeUnit.SECONDS)
                .sweepClaims(
                        SweepClaimsRequest.newBuilder()
                                .setNamespace(namespace)
                                .setDryRun(dryRun)
                                .setGrace(Duration.newBuilder().setSeconds(0))
                                .build());
    }

    /** As a gateway that was killed between upload and append leaves it. */
    private static String orphan(String namespace, Instant made) {
        TimeOrderedIds ids =
                new TimeOrderedIds(Clock.fixed(made, java.time.ZoneOffset.UTC), new Random());
        String key = namespace + "/" + ids.next();
        s3.put(key, new byte[1_000]);
        return key;
    }

    @Test
    void orphansGoAndWhatRecordsAndDeadLettersReferToStays() throws Exception {
        // Given: one published, one only a dead letter refers to, and two that nobody ever will
        String namespace = "sweep-it";
        client.createClaimCheck(namespace);
        client.publish(namespace, "films", ByteString.copyFrom(new byte[1_500_000]));
        client.publish(namespace, "dead", ByteString.copyFrom(new byte[1_500_000]));
        moveToDeadLetters(namespace + ".dead");
        List<String> needed = s3.keys(namespace + "/");
        assertThat(needed).hasSize(2);
        orphan(namespace, Instant.now().minusSeconds(60));
        orphan(namespace, Instant.now().minusSeconds(86_400));

        // When
        SweepClaimsResponse dry = sweep(namespace, true);
        List<String> afterDry = s3.keys(namespace + "/");
        var stats =
                client.admin()
                        .claimStats(ClaimStatsRequest.newBuilder().setNamespace(namespace).build());
        SweepClaimsResponse swept = sweep(namespace, false);

        // Then
        assertThat(dry.getOrphans()).isEqualTo(2);
        assertThat(dry.getDeleted()).isZero();
        assertThat(afterDry).hasSize(4);
        assertThat(stats.getObjects()).isEqualTo(4);
        assertThat(stats.getBytes()).isEqualTo(3_002_000);
        assertThat(stats.getOldest().getSeconds())
                .isCloseTo(
                        Instant.now().getEpochSecond() - 86_400,
                        org.assertj.core.data.Offset.offset(120L));
        assertThat(swept.getDeleted()).isEqualTo(2);
        assertThat(swept.getOrphanBytes()).isEqualTo(2_000);
        assertThat(s3.keys(namespace + "/")).containsExactlyInAnyOrderElementsOf(needed);
        assertThat(client.read(namespace, "films", 1).getFirst().getPayload().size())
                .isEqualTo(1_500_000);
    }

    /** The record itself is gone, as after retention; its dead letter refers to the claim. */
    private static void moveToDeadLetters(String topic) throws Exception {
        var record = KafkaLooker.first(bootstrap(), topic);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()));
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(
                                Map.of("bootstrap.servers", bootstrap()),
                                new ByteArraySerializer(),
                                new ByteArraySerializer())) {
            admin.createTopics(List.of(new NewTopic(topic + ".dlq", 1, (short) 1))).all().get();
            // A time of its own, before the claim was made: where reading begins must not depend on
            // it.
            producer.send(
                            new ProducerRecord<>(
                                    topic + ".dlq",
                                    0,
                                    Instant.now().minusSeconds(172_800).toEpochMilli(),
                                    "key".getBytes(UTF_8),
                                    record.value(),
                                    record.headers()))
                    .get();
            admin.deleteRecords(
                            Map.of(
                                    new TopicPartition(topic, record.partition()),
                                    RecordsToDelete.beforeOffset(record.offset() + 1)))
                    .all()
                    .get();
        }
        assertThat(KafkaLooker.all(bootstrap(), topic)).isEmpty();
    }

    @Test
    void aNamespaceWithoutAClaimCheckHasNothingToSweep() {
        client.createPlain("sweep-plain-it");
        Throwable failure = catchThrowable(() -> sweep("sweep-plain-it", false));
        assertThat(TestClient.reason(failure)).isEqualTo("PATTERN_NOT_AVAILABLE");
    }
}
