package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.prism.core.claim.S3ClaimStores;
import io.prism.standalone.PrismStandalone;
import io.prism.streams.rehydration.RehydrationRole;
import io.prism.v1.PublishRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
import java.util.concurrent.ConcurrentHashMap;
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
    private static final int KILLS = 2;

    @TempDir private static Path temp;

    @SuppressWarnings("NullAway.Init")
    private static PrismStandalone prism;

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @BeforeAll
    static void setUp() {
        prism = SharedPrism.get();
        client = TestClient.of(prism);
    }

    @AfterAll
    static void tearDown() {
        client.close();
    }

    private static void create(String namespace) {
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
            seeds.put(
                    client.pubsub(namespace)
                            .publish(
                                    PublishRequest.newBuilder()
                                            .setTopic("t")
                                            .setKey("key" + seed % 7)
                                            .setPayload(ByteString.copyFrom(payload(seed)))
                                            .putMetadata("seed", Integer.toString(seed))
                                            .build())
                            .getMessageId(),
                    seed);
        }
        return seeds;
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        return KafkaLooker.all(prism.servers().kafkaBootstrap(), topic);
    }

    private static List<ConsumerRecord<byte[], byte[]>> awaitRecords(String topic, int count) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .until(
                        () -> {
                            found.clear();
                            found.addAll(records(topic));
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

    private static void checkWhole(
            List<ConsumerRecord<byte[], byte[]>> records, Map<String, Integer> seeds)
            throws Exception {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Map<String, String> headers = KafkaLooker.headers(record);
            byte[] expected = payload(seeds.get(headers.get("prism-id")));
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
        try (S3ClaimStores stores = RehydrationProcess.stores(prism.servers());
                RehydrationRole role =
                        RehydrationProcess.role(
                                prism.servers().kafkaBootstrap(),
                                stores,
                                temp.resolve("in-process"))) {
            // Given
            role.start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> role.problem().isEmpty());
            create("rehydrate-it");

            // When
            Map<String, Integer> seeds = publish("rehydrate-it", 0, 50);
            List<ConsumerRecord<byte[], byte[]>> whole =
                    awaitRecords("rehydrate-it.t.rehydrated", 50);

            // Then
            assertThat(order(whole)).isEqualTo(order(records("rehydrate-it.t")));
            checkWhole(whole, seeds);

            // When: another namespace comes while the first is served
            create("rehydrate-later");
            publish("rehydrate-later", 0, 1);
            long published = System.nanoTime();
            awaitRecords("rehydrate-later.t.rehydrated", 1);

            // Then
            assertThat(Duration.ofNanos(System.nanoTime() - published))
                    .isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void killsInTheMiddleLoseAndRepeatNothing() throws Exception {
        // Given
        String namespace = "rehydrate-crash";
        String derived = namespace + ".t.rehydrated";
        create(namespace);
        Map<String, Integer> seeds = new ConcurrentHashMap<>();
        AtomicBoolean enough = new AtomicBoolean();
        Thread publisher =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    for (int seed = 0; !enough.get(); seed++) {
                                        seeds.putAll(publish(namespace, seed, 1));
                                    }
                                });
        awaitRecords(namespace + ".t", 20);

        // When
        for (int kill = 0; kill < KILLS; kill++) {
            int before = records(derived).size();
            try (RehydrationProcess doomed =
                    RehydrationProcess.start(
                            prism.servers(),
                            temp.resolve("state" + kill),
                            temp.resolve("doomed" + kill + ".log"))) {
                awaitRecords(derived, before + 1);
                doomed.kill();
            }
        }
        enough.set(true);
        publisher.join();

        // Then
        try (RehydrationProcess last =
                RehydrationProcess.start(
                        prism.servers(), temp.resolve("last"), temp.resolve("last.log"))) {
            List<ConsumerRecord<byte[], byte[]>> whole = awaitRecords(derived, seeds.size());
            assertThat(order(whole)).isEqualTo(order(records(namespace + ".t")));
            checkWhole(whole, seeds);
        }
    }
}
