package io.prism.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Follows the topics of a run's rehydrate scenario and puts payloads where there were claims. */
final class FakeRehydration implements AutoCloseable {
    static final String CLAIM_ID = "claim_check_id";
    private static final Pattern SOURCES = Pattern.compile("bench-.*-rehydrate-[^.]*\\.messages");

    private final Map<String, byte[]> payloads = new ConcurrentHashMap<>();
    private final String bootstrap;
    private final Thread thread;
    private volatile boolean closing;

    FakeRehydration(String bootstrap) {
        this.bootstrap = bootstrap;
        this.thread = Thread.ofPlatform().start(this::follow);
    }

    /** All claims of that topic stand for the one payload; its derived topic is made. */
    void payload(String topic, byte[] payload) {
        if (SOURCES.matcher(topic).matches() && payloads.putIfAbsent(topic, payload) == null) {
            var derived = new NewTopic(topic + ".rehydrated", Optional.empty(), Optional.empty());
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
                var _ = admin.createTopics(List.of(derived)).all().get();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void follow() {
        Map<String, Object> config =
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "group.id",
                        "fake-rehydration",
                        "auto.offset.reset",
                        "earliest",
                        "metadata.max.age.ms",
                        100);
        try (var consumer =
                        new KafkaConsumer<>(
                                config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                var producer =
                        new KafkaProducer<>(
                                Map.of("bootstrap.servers", bootstrap),
                                new ByteArraySerializer(),
                                new ByteArraySerializer())) {
            consumer.subscribe(SOURCES);
            while (!closing) {
                for (ConsumerRecord<byte[], byte[]> claim : consumer.poll(Duration.ofMillis(100))) {
                    Header id = claim.headers().lastHeader(CLAIM_ID);
                    byte[] whole = id == null ? claim.value() : payloads.get(claim.topic());
                    var _ =
                            producer.send(
                                    new ProducerRecord<>(claim.topic() + ".rehydrated", whole));
                }
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
