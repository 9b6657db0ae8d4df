package io.prism.connectors.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.outbox.OutboxRow;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a database's internal topic from its beginning. */
final class CapturedRows implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;

    /** By row id, in the order in which each was seen first. */
    private final Map<String, Row> seen = new LinkedHashMap<>();

    private int records;

    /**
     * @param headers of the record, as text
     * @param at when it was read, by {@link System#nanoTime}
     */
    record Row(Map<String, String> headers, byte[] payload, long at) {
        String text() {
            return new String(payload, UTF_8);
        }
    }

    CapturedRows(String kafka, String topic) {
        consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka, "fetch.max.wait.ms", 100),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        TopicPartition partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
    }

    /** Waits for so many different rows, and returns all there are then. */
    List<Row> await(int rows) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (seen.size() < rows && System.nanoTime() < deadline) {
            poll(Duration.ofMillis(100));
        }
        assertThat(seen).hasSizeGreaterThanOrEqualTo(rows);
        return List.copyOf(seen.values());
    }

    List<String> texts(int rows) {
        return await(rows).stream().map(Row::text).toList();
    }

    void poll(Duration patience) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
            Map<String, String> headers = new LinkedHashMap<>();
            record.headers()
                    .forEach(
                            header -> headers.put(header.key(), new String(header.value(), UTF_8)));
            assertThat(record.key()).isNull();
            records++;
            seen.putIfAbsent(
                    Objects.requireNonNull(headers.get(OutboxRow.ID)),
                    new Row(headers, record.value(), System.nanoTime()));
        }
    }

    int size() {
        return seen.size();
    }

    /** All that were read, second copies included. */
    int records() {
        return records;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
