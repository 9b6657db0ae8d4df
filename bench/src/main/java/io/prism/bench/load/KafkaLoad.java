package io.prism.bench.load;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publishes to one topic with a plain producer. One for each round; used by one thread. */
public final class KafkaLoad implements AutoCloseable {
    private static final long BUFFER = 64L << 20;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final Duration patience;

    /**
     * How a producer batches; acknowledgement by all replicas and idempotence are always on.
     *
     * @param compression as Kafka names it
     */
    public record Settings(int lingerMillis, int batchBytes, String compression) {
        @Override
        public String toString() {
            return "acks=all, idempotence, one request in flight, linger.ms="
                    + lingerMillis
                    + ", batch.size="
                    + batchBytes
                    + ", compression="
                    + compression;
        }
    }

    /**
     * @param patience how long the last answers may take after a load has ended
     */
    public KafkaLoad(String bootstrap, Settings settings, String topic, Duration patience) {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.LINGER_MS_CONFIG, settings.lingerMillis());
        config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, settings.batchBytes());
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, settings.compression());
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER);
        this.producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        this.topic = topic;
        this.patience = patience;
    }

    /** Publishes one message and waits for it, so that connections and metadata are there. */
    public void prime(byte[] payload) throws InterruptedException, ExecutionException {
        var _ = producer.send(new ProducerRecord<>(topic, payload)).get();
    }

    /**
     * Publishes as fast as the producer takes it; its buffer bounds what is without an answer.
     *
     * @return nanoseconds from the first send until everything was answered
     */
    public long saturate(byte[] payload, Duration duration, Meter meter) {
        ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(topic, payload);
        Callback counting = counting(meter);
        long start = System.nanoTime();
        long deadline = start + duration.toNanos();
        while (System.nanoTime() - deadline < 0) {
            var _ = producer.send(message, counting);
        }
        producer.flush();
        return System.nanoTime() - start;
    }

    /** Publishes so many and waits for all answers; its buffer bounds what is without one. */
    public void publish(byte[] payload, long count, Meter meter) {
        ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(topic, payload);
        Callback counting = counting(meter);
        for (long i = 0; i < count; i++) {
            var _ = producer.send(message, counting);
        }
        producer.flush();
    }

    private static Callback counting(Meter meter) {
        return (_, failure) -> {
            if (failure == null) {
                meter.acknowledged();
            } else {
                meter.failed(failure.toString());
            }
        };
    }

    /**
     * Keeps so many messages without an answer.
     *
     * @return nanoseconds from the first send until everything was answered
     */
    public long closedLoop(int concurrency, byte[] payload, Duration duration, Meter meter)
            throws InterruptedException {
        ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(topic, payload);
        Outstanding outstanding = new Outstanding(concurrency);
        long start = System.nanoTime();
        long deadline = start + duration.toNanos();
        while (System.nanoTime() - deadline < 0) {
            outstanding.begin();
            long sent = System.nanoTime();
            var _ = producer.send(message, measuring(sent, outstanding, meter));
        }
        outstanding.drain(patience, meter);
        return System.nanoTime() - start;
    }

    /** Makes the payload of a message. */
    @FunctionalInterface
    public interface PayloadOf {
        byte[] payload(long index, long dueNanos);
    }

    /**
     * Publishes at a fixed rate; latencies count from when a message was due.
     *
     * @param most messages without an answer; beyond it the generator waits
     * @return nanoseconds from the first send until everything was answered
     */
    public long openLoop(
            int ratePerSecond, int most, PayloadOf payloads, Duration duration, Meter meter)
            throws InterruptedException {
        Outstanding outstanding = new Outstanding(most);
        long start = System.nanoTime();
        long _ =
                new OpenLoop()
                        .run(
                                ratePerSecond,
                                duration,
                                (index, due) -> {
                                    outstanding.begin();
                                    byte[] payload = payloads.payload(index, due);
                                    var _ =
                                            producer.send(
                                                    new ProducerRecord<>(topic, payload),
                                                    measuring(due, outstanding, meter));
                                });
        outstanding.drain(patience, meter);
        return System.nanoTime() - start;
    }

    private static Callback measuring(long since, Outstanding outstanding, Meter meter) {
        return (_, failure) -> {
            if (failure == null) {
                meter.acknowledged(System.nanoTime() - since);
            } else {
                meter.failed(failure.toString());
            }
            outstanding.end();
        };
    }

    @Override
    public void close() {
        producer.close(patience);
    }
}
