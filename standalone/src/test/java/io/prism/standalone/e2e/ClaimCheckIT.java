package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.prism.v1.Event;
import io.prism.v1.FetchRequest;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.SubscribeRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClaimCheckIT {
    private static final String NAMESPACE = "claims-it";

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @SuppressWarnings("NullAway.Init")
    private static S3Looker s3;

    @BeforeAll
    static void setUp() {
        client = TestClient.of(SharedPrism.get());
        client.createKeepingClaimCheck(NAMESPACE);
        s3 = new S3Looker(SharedPrism.get().servers(), "prism-claims");
    }

    @AfterAll
    static void tearDown() {
        client.close();
        s3.close();
    }

    private static ByteString random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    /** The RFC's own end-to-end test, with the object's deletion at its end. */
    @Test
    void tenMillionBytesGoThroughTheClaimCheckAndComeBackWhole() {
        // Given
        String namespace = "test-claim-check";
        client.createClaimCheck(namespace);
        ByteString payload = ByteString.copyFromUtf8("x".repeat(10_000_000));

        // When
        PublishResponse response = client.publish(namespace, "test-topic", payload);
        assertThat(s3.keys(namespace + "/")).hasSize(1);
        Event event = client.read(namespace, "test-topic", 1).getFirst();

        // Then
        assertThat(response.getSuccess()).isTrue();
        assertThat(event.getPayload()).isEqualTo(payload);
        assertThat(event.getPayloadSize()).isEqualTo(10_000_000);
        assertThat(event.getMessageId()).isEqualTo(response.getMessageId());
        assertThat(event.getMetadataMap()).isEmpty();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(s3.keys(namespace + "/")).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999_999, 1_000_000, 1_000_001, 2_000_000})
    void everySizeAroundTheThresholdComesBackWhole(int size) {
        int before = s3.keys(NAMESPACE + "/").size();
        String topic = "size-" + size;
        client.publish(NAMESPACE, topic, random(size));
        assertThat(client.read(NAMESPACE, topic, 1).getFirst().getPayload())
                .isEqualTo(random(size));
        assertThat(s3.keys(NAMESPACE + "/").size() - before).isEqualTo(size > 1_000_000 ? 1 : 0);
    }

    @Test
    void aClaimedRecordInKafkaIsSmallAndSaysWhereItsPayloadIs() {
        client.publish(NAMESPACE, "record", random(5_000_000));
        var record =
                KafkaLooker.first(
                        SharedPrism.get().servers().kafkaBootstrap(), NAMESPACE + ".record");
        assertThat(record.value()).isEmpty();
        assertThat(KafkaLooker.headers(record))
                .containsKeys("prism-id", "claim_check_id", "claim_check_key", "claim_check_sha256")
                .containsEntry("payload_size", "5000000")
                .containsEntry("prism-patterns", "claim-check@1")
                .containsEntry("prism-namespace", NAMESPACE);
        assertThat(s3.keys(NAMESPACE + "/"))
                .contains(KafkaLooker.headers(record).get("claim_check_key"));
    }

    @Test
    void aPayloadTooLargeToInlineIsFetchedInRanges() throws IOException {
        // Given
        ByteString payload = random(20_000_000);
        publishChunked("big", payload, 300_000).join();

        // When
        Event event =
                client.take(
                                NAMESPACE,
                                SubscribeRequest.newBuilder()
                                        .setTopic("big")
                                        .setMaxInlineBytes(1_000_000)
                                        .build(),
                                1)
                        .getFirst();

        // Then
        assertThat(event.getPayload()).isEmpty();
        assertThat(event.getPayloadSize()).isEqualTo(20_000_000);
        assertThat(fetch(event.getPayloadRef(), 0, 0)).isEqualTo(payload.toByteArray());
        assertThat(fetch(event.getPayloadRef(), 9_999_999, 5_000_001))
                .isEqualTo(payload.substring(9_999_999, 15_000_000).toByteArray());
        assertThat(
                        TestClient.reason(
                                catchThrowable(() -> fetch(event.getPayloadRef(), 20_000_001, 0))))
                .isEqualTo("RANGE_INVALID");
        assertThat(TestClient.reason(catchThrowable(() -> fetch("forged", 0, 0))))
                .isEqualTo("PAYLOAD_REF_INVALID");
    }

    private static byte[] fetch(String ref, long offset, long length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        var chunks =
                client.payloads(NAMESPACE)
                        .fetch(
                                FetchRequest.newBuilder()
                                        .setPayloadRef(ref)
                                        .setOffset(offset)
                                        .setLength(length)
                                        .build());
        while (chunks.hasNext()) {
            var chunk = chunks.next();
            assertThat(chunk.getOffset()).isEqualTo(offset + bytes.size());
            chunk.getData().writeTo(bytes);
        }
        return bytes.toByteArray();
    }

    private static CompletableFuture<PublishResponse> publishChunked(
            String topic, ByteString payload, int step) {
        CompletableFuture<PublishResponse> result = new CompletableFuture<>();
        StreamObserver<PublishChunk> chunks =
                client.asyncPubsub(NAMESPACE).publishChunked(new FutureObserver<>(result));
        chunks.onNext(
                PublishChunk.newBuilder()
                        .setHeader(PublishRequest.newBuilder().setTopic(topic))
                        .build());
        for (int at = 0; at < payload.size(); at += step) {
            chunks.onNext(
                    PublishChunk.newBuilder()
                            .setData(payload.substring(at, Math.min(payload.size(), at + step)))
                            .build());
        }
        chunks.onCompleted();
        return result;
    }

    @Test
    void aMissingATruncatedAndACorruptedObjectAreTypedErrorsAndTheSubscriptionGoesOn() {
        // Given
        for (int i = 0; i < 4; i++) {
            client.pubsub(NAMESPACE)
                    .publish(
                            PublishRequest.newBuilder()
                                    .setTopic("damage")
                                    .setKey("same")
                                    .setPayload(random(2_000_000 + i))
                                    .build());
        }
        List<String> keys =
                KafkaLooker.claimKeys(
                        SharedPrism.get().servers().kafkaBootstrap(), NAMESPACE + ".damage", 4);
        s3.delete(keys.get(0));
        s3.put(keys.get(1), new byte[1_000]);
        byte[] corrupted = random(2_000_002).toByteArray();
        corrupted[1_000_000] ^= 1;
        s3.put(keys.get(2), corrupted);

        // When
        List<Event> events = client.read(NAMESPACE, "damage", 4);

        // Then
        assertThat(events.stream().limit(3).map(e -> TestClient.reason(e.getError())))
                .containsExactly("CLAIM_MISSING", "CLAIM_CORRUPT", "CLAIM_CORRUPT");
        assertThat(events.get(0).getPayload()).isEmpty();
        assertThat(events.get(3).hasError()).isFalse();
        assertThat(events.get(3).getPayload()).isEqualTo(random(2_000_003));
    }

    @Test
    void aClientThatVanishesInTheMiddleLeavesNoUploadAndNoRecord() {
        // Given
        client.publish(NAMESPACE, "vanish", ByteString.copyFromUtf8("before"));
        int before = s3.keys(NAMESPACE + "/").size();
        Context.CancellableContext call = Context.current().withCancellation();
        CompletableFuture<PublishResponse> result = new CompletableFuture<>();

        // When
        call.run(
                () -> {
                    StreamObserver<PublishChunk> chunks =
                            client.asyncPubsub(NAMESPACE)
                                    .publishChunked(new FutureObserver<>(result));
                    chunks.onNext(
                            PublishChunk.newBuilder()
                                    .setHeader(PublishRequest.newBuilder().setTopic("vanish"))
                                    .build());
                    for (int i = 0; i < 40; i++) {
                        chunks.onNext(PublishChunk.newBuilder().setData(random(1_000_000)).build());
                    }
                });
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> !s3.uploads(NAMESPACE + "/").isEmpty());
        call.cancel(null);

        // Then
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(s3.uploads(NAMESPACE + "/")).isEmpty());
        assertThat(s3.keys(NAMESPACE + "/")).hasSize(before);
        client.publish(NAMESPACE, "vanish", ByteString.copyFromUtf8("after"));
        assertThat(
                        client.read(NAMESPACE, "vanish", 2).stream()
                                .map(e -> e.getPayload().toStringUtf8()))
                .containsExactlyInAnyOrder("before", "after");
    }

    @Test
    void aLargeAndASmallMessageOfOneStreamKeepTheirOrder() throws Exception {
        // Given
        CompletableFuture<Void> done = new CompletableFuture<>();
        List<PublishResponse> responses = new java.util.concurrent.CopyOnWriteArrayList<>();
        StreamObserver<PublishRequest> requests =
                client.asyncPubsub(NAMESPACE)
                        .publishStream(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(PublishResponse value) {
                                        responses.add(value);
                                    }

                                    @Override
                                    public void onError(Throwable failure) {
                                        done.completeExceptionally(failure);
                                    }

                                    @Override
                                    public void onCompleted() {
                                        done.complete(null);
                                    }
                                });

        // When
        for (int i = 0; i < 30; i++) {
            requests.onNext(
                    PublishRequest.newBuilder()
                            .setTopic("mixed")
                            .setKey("k")
                            .putMetadata("n", Integer.toString(i))
                            .setPayload(random(i % 3 == 0 ? 3_000_000 : 10))
                            .build());
        }
        requests.onCompleted();
        done.get(60, TimeUnit.SECONDS);

        // Then
        assertThat(responses).hasSize(30).allMatch(PublishResponse::getSuccess);
        assertThat(responses).extracting(PublishResponse::getOffset).isSorted();
        assertThat(client.read(NAMESPACE, "mixed", 30))
                .extracting(e -> e.getMetadataMap().get("n"))
                .containsExactlyElementsOf(
                        java.util.stream.IntStream.range(0, 30)
                                .mapToObj(Integer::toString)
                                .toList());
    }

    @Test
    void claimsExpireAndTheirEventsSaySo() {
        // Given
        client.create(
                """
                namespaces:
                  - name: claims-ttl
                    client_api: pubsub
                    patterns:
                      - type: claim-check
                        threshold: 1KB
                        storage: s3
                        compression: zstd
                        cleanup:
                          strategy: ttl
                          ttl: 2s
                    backend: kafka
                """);
        client.publish("claims-ttl", "t", random(5_000));
        assertThat(s3.keys("claims-ttl/")).hasSize(1);

        // Then
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(s3.keys("claims-ttl/")).isEmpty());
        Event event = client.read("claims-ttl", "t", 1).getFirst();
        assertThat(TestClient.reason(event.getError())).isEqualTo("CLAIM_EXPIRED");
    }
}
