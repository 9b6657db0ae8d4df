package io.prism.standalone.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Looks into topics as any Kafka tool would. */
final class KafkaLooker {
    private KafkaLooker() {}

    /** Everything in the topic, up to what is there now. */
    static List<ConsumerRecord<byte[], byte[]>> all(String bootstrap, String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        read(bootstrap, topic, records::add);
        return records;
    }

    /** Of however many records. */
    static long count(String bootstrap, String topic) {
        LongAdder count = new LongAdder();
        read(bootstrap, topic, record -> count.increment());
        return count.sum();
    }

    private static void read(
            String bootstrap, String topic, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(p -> new TopicPartition(topic, p.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream()
                    .anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(each);
            }
        }
    }

    static ConsumerRecord<byte[], byte[]> first(String bootstrap, String topic) {
        return all(bootstrap, topic).getFirst();
    }

    static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new HashMap<>();
        record.headers().forEach(h -> headers.put(h.key(), new String(h.value(), UTF_8)));
        return headers;
    }

    /** The claims' keys in the order of the records' offsets. */
    static List<String> claimKeys(String bootstrap, String topic, int count) {
        List<String> keys =
                all(bootstrap, topic).stream()
                        .sorted(Comparator.comparingLong(ConsumerRecord::offset))
                        .map(record -> headers(record).getOrDefault("claim_check_key", ""))
                        .toList();
        if (keys.size() != count) {
            throw new AssertionError("expected " + count + " records, found " + keys.size());
        }
        return keys;
    }
}
