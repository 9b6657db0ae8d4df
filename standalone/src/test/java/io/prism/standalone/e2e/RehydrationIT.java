package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.prism.standalone.Addresses;
import io.prism.standalone.PrismStandalone;
import io.prism.v1.PublishRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plain Kafka consumers read whole payloads from topics derived from claims. */
final class RehydrationIT {
    private static final int MAX_SIZE = 2_000_000;

    @TempDir private static Path temp;

    @SuppressWarnings("NullAway.Init")
    private static String bootstrap;

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @BeforeAll
    static void setUp() {
        PrismStandalone prism = SharedPrism.get();
        client = TestClient.of(prism);
        bootstrap = prism.servers().kafkaBootstrap();
    }

    @AfterAll
    static void tearDown() {
        client.close();
    }

    private static void create(TestClient client, String namespace) {
        client.create(
                """
                namespaces:
                  - name: %s
                    client_api: pubsub
                    patterns:
                      - type: claim-check
                        threshold: 100KB
                        metadata_field: claim_ref
                        rehydrate:
                          max_size: 2MB
                    backend: {type: kafka, partitions: 3}
                """
                        .formatted(namespace));
    }

    private static byte[] payload(int seed) {
        int[] sizes = {500, 120_000, 0, 1_500_000, 100_000, 100_001};
        byte[] bytes = new byte[seed % 25 == 24 ? 3_000_000 : sizes[seed % sizes.length]];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** By message id. */
    private static Map<String, Integer> publish(String namespace, int from, int count) {
        Map<String, Integer> seeds = new HashMap<>();
        for (int seed = from; seed < from + count; seed++) {
            seeds.put(publish(client, namespace, seed), seed);
        }
        return seeds;
    }

    private static String publish(TestClient client, String namespace, int seed) {
        return client.pubsub(namespace)
                .publish(
                        PublishRequest.newBuilder()
                                .setTopic("t")
                                .setKey("key" + seed % 7)
                                .setPayload(ByteString.copyFrom(payload(seed)))
                                .putMetadata("seed", Integer.toString(seed))
                                .build())
                .getMessageId();
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String bootstrap, String topic) {
        return KafkaLooker.all(bootstrap, topic);
    }

    private static List<ConsumerRecord<byte[], byte[]>> awaitRecords(
            String bootstrap, String topic, int count) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .until(
                        () -> {
                            found.clear();
                            found.addAll(records(bootstrap, topic));
                            return found.size() >= count;
                        });
        return found;
    }

    /** Message ids in order, by partition. */
    private static Map<Integer, List<String>> order(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<Integer, List<String>> order = new TreeMap<>();
        records.stream()
                .sorted(Comparator.comparingLong(ConsumerRecord::offset))
                .forEach(
                        record ->
                                order.computeIfAbsent(record.partition(), p -> new ArrayList<>())
                                        .add(
                                                KafkaLooker.headers(record)
                                                        .getOrDefault("prism-id", "")));
        return order;
    }

    private static void checkWhole(List<ConsumerRecord<byte[], byte[]>> records) throws Exception {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Map<String, String> headers = KafkaLooker.headers(record);
            byte[] expected = payload(Integer.parseInt(headers.getOrDefault("seed", "none")));
            assertThat(headers).doesNotContainKey("prism-error").containsKey("seed");
            byte[] found = record.value();
            if (expected.length > MAX_SIZE) {
                assertThat(record.value()).isEmpty();
                assertThat(headers).containsKey("claim_check_id");
                found = got(headers.getOrDefault("prism-payload-url", ""));
            } else {
                assertThat(headers)
                        .doesNotContainKeys("claim_check_id", "claim_ref", "payload_size");
            }
            assertThat(sha256(found)).isEqualTo(sha256(expected));
        }
    }

    private static byte[] got(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url)).build(),
                        HttpResponse.BodyHandlers.ofByteArray())
                .body();
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of()
                .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void aPlainConsumerReadsWholePayloadsInOrderAndNewTopicsAreServedWithinMoments()
            throws Exception {
        // Given
        create(client, "rehydrate-it");

        // When
        Map<String, Integer> seeds = publish("rehydrate-it", 0, 50);
        List<ConsumerRecord<byte[], byte[]>> whole =
                awaitRecords(bootstrap, "rehydrate-it.t.rehydrated", 50);

        // Then
        assertThat(order(whole)).isEqualTo(order(records(bootstrap, "rehydrate-it.t")));
        checkWhole(whole);
        assertThat(order(whole).values().stream().mapToInt(List::size).sum())
                .isEqualTo(seeds.size());

        // When: another namespace comes while the first is served
        create(client, "rehydrate-later");
        publish("rehydrate-later", 0, 1);
        long published = System.nanoTime();
        awaitRecords(bootstrap, "rehydrate-later.t.rehydrated", 1);

        // Then
        assertThat(Duration.ofNanos(System.nanoTime() - published))
                .isLessThan(Duration.ofSeconds(60));
    }

    @Test
    void kafkasOwnConsoleConsumerReadsThePayloadsByteForByte() throws Exception {
        // Given
        client.create(
                """
                namespaces:
                  - name: rehydrate-console
                    client_api: pubsub
                    patterns:
                      - type: claim-check
                        threshold: 100KB
                        rehydrate:
                          max_size: 4MB
                    backend: {type: kafka, partitions: 1}
                """);
        List<byte[]> payloads = new ArrayList<>();
        for (int size : new int[] {3_000_000, 500, 100_001, 4_000_000}) {
            byte[] payload = new byte[size];
            new Random(size).nextBytes(payload);
            client.publish("rehydrate-console", "t", ByteString.copyFrom(payload));
            payloads.add(payload);
        }
        awaitRecords(bootstrap, "rehydrate-console.t.rehydrated", payloads.size());

        // When
        ByteBuffer read =
                ByteBuffer.wrap(
                        Console.values(
                                bootstrap,
                                "rehydrate-console.t.rehydrated",
                                payloads.size(),
                                temp));

        // Then
        for (byte[] payload : payloads) {
            byte[] value = new byte[payload.length];
            read.get(value);
            assertThat(sha256(value)).isEqualTo(sha256(payload));
        }
        assertThat(read.hasRemaining()).isFalse();
    }

    /** Kafka is killed, too; what a client was told is durable is in the source afterwards. */
    @Test
    void aKillInTheMiddleLosesAndRepeatsNothing() throws Exception {
        // Given
        Path data = temp.resolve("data");
        String derived = "rehydrate-crash.t.rehydrated";
        AtomicBoolean killed = new AtomicBoolean();
        try (PrismProcess up = PrismProcess.up(data, temp.resolve("first"));
                TestClient doomed = PrismProcess.client(data)) {
            create(doomed, "rehydrate-crash");
            Thread publisher =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            for (int seed = 0; !killed.get(); seed++) {
                                                publish(doomed, "rehydrate-crash", seed);
                                            }
                                        } catch (StatusRuntimeException e) {
                                            // the kill; the last one may or may not be there
                                        }
                                    });
            String kafka = PrismProcess.addresses(data).get(Addresses.KAFKA);
            awaitRecords(kafka, derived, 40);

            // When
            up.kill();
            killed.set(true);
            publisher.join();
        }

        // Then
        try (PrismProcess up = PrismProcess.up(data, temp.resolve("second"))) {
            String kafka = PrismProcess.addresses(data).get(Addresses.KAFKA);
            List<ConsumerRecord<byte[], byte[]>> sources = records(kafka, "rehydrate-crash.t");
            List<ConsumerRecord<byte[], byte[]>> whole =
                    awaitRecords(kafka, derived, sources.size());
            assertThat(order(whole)).isEqualTo(order(sources));
            checkWhole(whole);
            assertThat(up.alive()).isTrue();
        }
    }
}
