package io.prism.bench.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A share consumer: each record accepted by itself, one commitSync for each poll. */
public final class ShareMember implements KafkaDrain.Member {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PAUSE_MILLIS = 5;

    private final KafkaShareConsumer<byte[], byte[]> consumer;
    private ConsumerRecords<byte[], byte[]> held = ConsumerRecords.empty();

    /**
     * @param most records a poll
     */
    public ShareMember(String bootstrap, String group, String topic, int most) {
        this.consumer =
                new KafkaShareConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ConsumerConfig.GROUP_ID_CONFIG,
                                group,
                                ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG,
                                "explicit",
                                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                                most),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic));
    }

    /** Has its share once it holds records; it may not poll again before they are acknowledged. */
    @Override
    public boolean prepare() throws InterruptedException {
        if (held.isEmpty()) {
            held = consumer.poll(POLL);
        } else {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return !held.isEmpty();
    }

    @Override
    public void receive(Receipts receipts) {
        ConsumerRecords<byte[], byte[]> batch = held.isEmpty() ? consumer.poll(POLL) : held;
        held = ConsumerRecords.empty();
        if (batch.isEmpty()) {
            return;
        }
        receipts.received(batch);
        batch.forEach(it -> consumer.acknowledge(it, AcknowledgeType.ACCEPT));
        for (Optional<KafkaException> failure : consumer.commitSync().values()) {
            failure.ifPresent(
                    it -> {
                        throw it;
                    });
        }
        receipts.acknowledged(batch.count());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
