package io.prism.standalone.e2e;

import static io.prism.v1.AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_ACCEPT;
import static io.prism.v1.AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_RELEASE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.prism.v1.Message;
import io.prism.v1.PublishRequest;
import io.prism.v1.QueueSubscribeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class OrderedQueueIT {
    private static final String NAMESPACE = "ordered-it";
    private static final int KEYS = 10;
    private static final int MESSAGES = 100;
    private static final int CONSUMERS = 4;

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @BeforeAll
    static void setUp() {
        client = TestClient.of(SharedPrism.get());
        client.create(
                """
                namespaces:
                  - name: ordered-it
                    client_api: queue
                    ordering: key
                    backend: {type: kafka, partitions: 4}
                """);
    }

    @AfterAll
    static void tearDown() {
        client.close();
    }

    private static void send(String topic, int key, int number) {
        client.queue(NAMESPACE)
                .publish(
                        PublishRequest.newBuilder()
                                .setTopic(topic)
                                .setKey("k" + key)
                                .setPayload(ByteString.copyFromUtf8(Integer.toString(number)))
                                .build());
    }

    private static QueueSubscribeRequest request(String topic) {
        return QueueSubscribeRequest.newBuilder()
                .setTopic(topic)
                .setMaxInflight(5)
                .setMaxDeliveries(1_000)
                .build();
    }

    @Test
    void eachKeysMessagesAreAcceptedInOrderWhateverFailsAndWhoeverVanishes() throws Exception {
        for (int number = 0; number < MESSAGES; number++) {
            for (int key = 0; key < KEYS; key++) {
                send("orders", key, number);
            }
        }
        // Given
        Map<String, List<Integer>> accepted = new ConcurrentHashMap<>();
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService consumers = Executors.newFixedThreadPool(CONSUMERS)) {
            for (int i = 0; i < CONSUMERS; i++) {
                Random random = new Random(i);
                consumers.execute(() -> consume(random, accepted, done));
            }
            // When
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(
                            () ->
                                    accepted.size() == KEYS
                                            && accepted.values().stream()
                                                    .allMatch(l -> l.contains(MESSAGES - 1)));
            done.set(true);
            consumers.shutdown();
            assertThat(consumers.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
        }
        // Then
        List<Integer> all = IntStream.range(0, MESSAGES).boxed().toList();
        accepted.forEach((key, numbers) -> assertThat(numbers).as(key).isEqualTo(all));
    }

    /** Accepts most, releases some, and vanishes now and then with what it holds. */
    private static void consume(
            Random random, Map<String, List<Integer>> accepted, AtomicBoolean done) {
        while (!done.get()) {
            int patience = 20 + random.nextInt(100);
            try (Worker worker = new Worker(client, NAMESPACE, request("orders"))) {
                for (int handled = 0; handled < patience && !done.get(); handled++) {
                    Message message = worker.poll(Duration.ofMillis(200));
                    if (message == null) {
                        continue;
                    }
                    if (random.nextInt(10) == 0) {
                        worker.settle(ACKNOWLEDGE_OUTCOME_RELEASE, List.of(message));
                        continue;
                    }
                    // Noted before the accept, which lets the key's next message out.
                    List<Integer> numbers =
                            accepted.computeIfAbsent(
                                    message.getKey(), k -> new CopyOnWriteArrayList<>());
                    int number = Integer.parseInt(message.getPayload().toStringUtf8());
                    numbers.add(number);
                    if (worker.settle(ACKNOWLEDGE_OUTCOME_ACCEPT, List.of(message))
                                    .getAcknowledged()
                            == 0) {
                        numbers.remove(numbers.lastIndexOf(number));
                    }
                }
            }
        }
    }

    @Test
    void aKeyThatFailsDoesNotHoldUpTheOthers() {
        for (int number = 0; number < 20; number++) {
            for (int key = 0; key < KEYS; key++) {
                send("healthy", key, number);
            }
        }
        List<Message> healthy = new ArrayList<>();
        try (Worker worker = new Worker(client, NAMESPACE, request("healthy"))) {
            while (healthy.size() < (KEYS - 1) * 20) {
                Message message = worker.next(Duration.ofSeconds(20));
                if (message.getKey().equals("k0")) {
                    assertThat(message.getPayload().toStringUtf8()).isEqualTo("0");
                    worker.settle(
                            ACKNOWLEDGE_OUTCOME_RELEASE, Duration.ofMillis(200), List.of(message));
                } else {
                    worker.accept(List.of(message));
                    healthy.add(message);
                }
            }
        }
        assertThat(healthy).noneMatch(m -> m.getKey().equals("k0"));
    }
}
