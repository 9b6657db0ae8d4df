package io.prism.bench.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic from its beginning with a consumer, on a thread of its own. */
public final class KafkaReceiver implements AutoCloseable {
    private static final int PARTITION_FETCH_BYTES = 16 << 20;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Consumer<ConsumerRecord<byte[], byte[]>> records;
    private final Thread thread;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean closing;

    private KafkaReceiver(
            KafkaConsumer<byte[], byte[]> consumer,
            Consumer<ConsumerRecord<byte[], byte[]>> records) {
        this.consumer = consumer;
        this.records = records;
        this.thread = Thread.ofPlatform().name("bench-consumer").unstarted(this::read);
    }

    /**
     * Reads with the client's own settings.
     *
     * @param records told on the receiver's thread
     */
    public static KafkaReceiver plain(
            String bootstrap,
            List<TopicPartition> partitions,
            Consumer<ConsumerRecord<byte[], byte[]>> records) {
        return start(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap), partitions, records);
    }

    /**
     * Sees only what was committed, and takes several large records at a time.
     *
     * @param records told on the receiver's thread
     */
    public static KafkaReceiver committed(
            String bootstrap,
            List<TopicPartition> partitions,
            Consumer<ConsumerRecord<byte[], byte[]>> records) {
        return start(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                        PARTITION_FETCH_BYTES),
                partitions,
                records);
    }

    private static KafkaReceiver start(
            Map<String, Object> config,
            List<TopicPartition> partitions,
            Consumer<ConsumerRecord<byte[], byte[]>> records) {
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        KafkaReceiver receiver = new KafkaReceiver(consumer, records);
        receiver.thread.start();
        return receiver;
    }

    private void read() {
        try (consumer) {
            while (!closing) {
                for (ConsumerRecord<byte[], byte[]> message :
                        consumer.poll(Duration.ofSeconds(1))) {
                    records.accept(message);
                }
            }
        } catch (WakeupException e) {
            if (!closing) {
                failure.set(e);
            }
        } catch (RuntimeException e) {
            failure.set(e);
        }
    }

    /** Waits until the consumer has ended; throws what it failed with. */
    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("the plain consumer failed", cause);
        }
    }
}
