package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogBackendContract;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.StartAt;
import io.prism.gateway.backend.TopicSelector;
import io.prism.gateway.backend.kafka.KafkaLog;
import io.prism.gateway.backend.kafka.KafkaSettings;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class KafkaLogIT extends LogBackendContract {
    @SuppressWarnings("NullAway.Init")
    private static KafkaLog log;

    @BeforeAll
    static void connect() {
        log =
                new KafkaLog(
                        new KafkaSettings(
                                SharedPrism.get().servers().kafkaBootstrap(),
                                "contract",
                                Duration.ofSeconds(30)));
    }

    @AfterAll
    static void disconnect() {
        log.close();
    }

    @Override
    protected LogBackend backend() {
        return log;
    }

    @Test
    void whatNoReaderSeesIsNotUnread() throws Exception {
        String topic = "unread-" + UUID.randomUUID();
        String bootstrap = SharedPrism.get().servers().kafkaBootstrap();
        log.ensureTopic(new LogBackend.TopicSettings(topic, 2, -1, -1, 1 << 20));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrap, "transactional.id", topic),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            // Given
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, topic);
            producer.commitTransaction();
            assertThat(log.unread(topic, "nobody")).isPositive();
            await().until(() -> KafkaLooker.count(bootstrap, topic) == 2);

            // When all is read, and there are the ends of transactions, and what was aborted
            log.startGroup(
                    topic,
                    new TopicSelector.Exact(topic),
                    new StartAt.AtOffsets(
                            Map.of(
                                    new LogPartition(topic, 0),
                                    1L,
                                    new LogPartition(topic, 1),
                                    1L)));
            assertThat(log.unread(topic, topic)).isZero();
            producer.beginTransaction();
            send(producer, topic);
            producer.abortTransaction();

            // Then, when that is written down
            await().until(() -> log.unread(topic, topic) == 0);
            producer.beginTransaction();
            send(producer, topic);
            assertThat(log.unread(topic, topic)).as("on its way").isPositive();
            producer.commitTransaction();
            assertThat(log.unread(topic, topic)).isPositive();
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic)
            throws Exception {
        producer.send(new ProducerRecord<>(topic, 0, null, new byte[] {1})).get();
        producer.send(new ProducerRecord<>(topic, 1, null, new byte[] {1})).get();
    }
}
