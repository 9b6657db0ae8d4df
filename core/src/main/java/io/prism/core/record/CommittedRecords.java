package io.prism.core.record;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Tells records from offsets: transactions that were aborted and the marks of a transaction's end
 * have offsets too, which no reader of what is committed ever sees, so that a group that has read
 * everything may stand before its topic's end for ever.
 */
public final class CommittedRecords {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(200);

    /** The first record of each partition is all that is wanted. */
    private static final int FETCH = 64 << 10;

    private CommittedRecords() {}

    /**
     * Offsets of a partition.
     *
     * @param end the first behind it; nothing before it is in a transaction that goes on
     */
    public record Span(long begin, long end) {
        public long offsets() {
            return end - begin;
        }
    }

    /**
     * The partitions with at least one record in their span; of each, nothing beyond its first is
     * looked at. Blocks, and throws a KafkaException if that cannot be told within seconds.
     *
     * @param settings of a consumer without a group that reads what is committed
     */
    public static Set<TopicPartition> in(
            Map<String, Object> settings, Map<TopicPartition, Span> spans) {
        Set<TopicPartition> found = new HashSet<>();
        if (spans.isEmpty()) {
            return found;
        }
        Set<TopicPartition> open = new HashSet<>(spans.keySet());
        long started = System.nanoTime();
        Map<String, Object> little = new HashMap<>(settings);
        little.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH);
        try (KafkaConsumer<byte[], byte[]> reader =
                new KafkaConsumer<>(
                        little, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            reader.assign(open);
            spans.forEach((partition, span) -> reader.seek(partition, span.begin()));
            while (!open.isEmpty()) {
                ConsumerRecords<byte[], byte[]> records = reader.poll(POLL);
                for (TopicPartition partition : List.copyOf(open)) {
                    long end = Objects.requireNonNull(spans.get(partition)).end();
                    boolean any =
                            records.records(partition).stream().anyMatch(r -> r.offset() < end);
                    if (any) {
                        found.add(partition);
                    }
                    if (any || reader.position(partition) >= end) {
                        open.remove(partition);
                    }
                }
                reader.assign(open);
                if (System.nanoTime() - started >= PATIENCE.toNanos() && !open.isEmpty()) {
                    throw new TimeoutException(open + " cannot be read within " + PATIENCE);
                }
            }
        }
        return found;
    }
}
