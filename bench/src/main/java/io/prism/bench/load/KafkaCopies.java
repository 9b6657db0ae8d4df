package io.prism.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The last records of a topic, to be appended to it once more just as they are. Used by one thread.
 */
public final class KafkaCopies implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<ProducerRecord<byte[], byte[]>> copies;

    private KafkaCopies(
            KafkaProducer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> copies) {
        this.producer = producer;
        this.copies = copies;
    }

    /**
     * Reads the topic to its present end, and keeps the records with that header; they must be
     * small.
     */
    public static KafkaCopies of(String bootstrap, List<TopicPartition> partitions, String header) {
        List<ProducerRecord<byte[], byte[]>> copies = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(it -> consumer.position(it) < end(ends, it))) {
                for (ConsumerRecord<byte[], byte[]> it : consumer.poll(Duration.ofSeconds(1))) {
                    if (it.headers().lastHeader(header) != null) {
                        copies.add(
                                new ProducerRecord<>(
                                        it.topic(),
                                        it.partition(),
                                        it.key(),
                                        it.value(),
                                        it.headers()));
                    }
                }
            }
        }
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ProducerConfig.ACKS_CONFIG,
                                "all"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        if (!partitions.isEmpty()) {
            var _ = producer.partitionsFor(partitions.getFirst().topic());
        }
        return new KafkaCopies(producer, copies);
    }

    private static long end(Map<TopicPartition, Long> ends, TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }

    /** How many there are. */
    public int size() {
        return copies.size();
    }

    /** Appends all of them. */
    public void append(Meter meter) {
        for (ProducerRecord<byte[], byte[]> copy : copies) {
            var _ =
                    producer.send(
                            copy,
                            (_, failure) -> {
                                if (failure == null) {
                                    meter.acknowledged();
                                } else {
                                    meter.failed(failure.toString());
                                }
                            });
        }
        producer.flush();
    }

    @Override
    public void close() {
        producer.close();
    }
}
