package io.prism.bench.load;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A member of a consumer group: one commitSync for each poll. */
public final class GroupMember implements KafkaDrain.Member {
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private boolean preparing = true;

    /**
     * @param most records a poll
     */
    public GroupMember(String bootstrap, String group, String topic, int most) {
        this.consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ConsumerConfig.GROUP_ID_CONFIG,
                                group,
                                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                                "consumer",
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "earliest",
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                false,
                                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                                most),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic), new PausedAtFirst());
    }

    /** Reads nothing yet, so that partitions can move without a record being read twice. */
    private final class PausedAtFirst implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (preparing) {
                consumer.pause(partitions);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}
    }

    @Override
    public boolean prepare() {
        ConsumerRecords<byte[], byte[]> none = consumer.poll(POLL);
        if (!none.isEmpty()) {
            throw new IllegalStateException("a paused consumer received records");
        }
        return !consumer.assignment().isEmpty();
    }

    @Override
    public void receive(Receipts receipts) {
        if (preparing) {
            preparing = false;
            consumer.resume(consumer.assignment());
        }
        ConsumerRecords<byte[], byte[]> batch = consumer.poll(POLL);
        if (batch.isEmpty()) {
            return;
        }
        receipts.received(batch);
        consumer.commitSync();
        receipts.acknowledged(batch.count());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
