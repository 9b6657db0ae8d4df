package io.prism.gateway.backend.kafka;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.LogReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What lone readers and group members share: polling, pausing, closing. */
abstract class KafkaReaderBase implements LogReader {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    private static final long NO_TOPICS_MILLIS = 100;

    final KafkaConsumer<byte[], byte[]> consumer;
    private boolean paused;

    KafkaReaderBase(Map<String, Object> config) {
        this.consumer =
                new KafkaConsumer<>(
                        config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Called before each poll. */
    abstract void beforePoll();

    /** False while there is nothing to poll: Kafka's consumer refuses that. */
    abstract boolean hasTopics();

    @Override
    public final List<LogEntry> poll(Duration timeout) {
        try {
            beforePoll();
            if (paused) {
                consumer.pause(consumer.assignment());
            }
            List<LogEntry> entries = new ArrayList<>();
            if (!hasTopics()) {
                Thread.sleep(Math.min(timeout.toMillis(), NO_TOPICS_MILLIS));
                return entries;
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
                entries.add(
                        new LogEntry(
                                record.topic(),
                                record.partition(),
                                record.offset(),
                                record.timestamp(),
                                record.key(),
                                record.value(),
                                record.headers()));
            }
            return entries;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "interrupted while reading", e);
        } catch (RuntimeException e) {
            throw KafkaErrors.map("reading", e);
        }
    }

    @Override
    public final void pause() {
        paused = true;
    }

    @Override
    public final void resume() {
        if (paused) {
            paused = false;
            consumer.resume(consumer.paused());
        }
    }

    @Override
    public final boolean caughtUp() {
        return positioned()
                && consumer.assignment().stream()
                        .allMatch(p -> consumer.currentLag(p).orElse(Long.MAX_VALUE) == 0);
    }

    @Override
    public final void close() {
        consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
    }

    static LogPartition place(TopicPartition partition) {
        return new LogPartition(partition.topic(), partition.partition());
    }

    static TopicPartition kafka(LogPartition partition) {
        return new TopicPartition(partition.topic(), partition.partition());
    }
}
