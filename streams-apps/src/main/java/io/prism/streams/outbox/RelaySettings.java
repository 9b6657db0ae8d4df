package io.prism.streams.outbox;

import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** What the relay's Kafka Streams application needs beyond what every one of the process has. */
final class RelaySettings {
    /** A row as large as a topic of rows takes, and what it takes to keep it. */
    private static final int MAX_REQUEST = 17 << 20;

    /** A new database's rows are found within this time. */
    private static final int METADATA_MILLIS = 2_000;

    private RelaySettings() {}

    static Properties of(OutboxRelayConfig config, Properties common) {
        Properties settings = new Properties();
        settings.putAll(common);
        int interval = Math.toIntExact(config.commitInterval().toMillis());
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, interval);
        // Between two polls it looks whether to commit.
        settings.put(StreamsConfig.POLL_MS_CONFIG, Math.max(1, interval / 2));
        // Databases do not wait for one another: one task holds the rows of all.
        settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, -1L);
        main(settings, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        main(settings, CommonClientConfigs.METADATA_MAX_AGE_CONFIG, METADATA_MILLIS);
        produce(settings, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST);
        produce(settings, ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        // What a topic that has gone does not take is given up with its transaction, not after it.
        produce(settings, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        produce(settings, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        return settings;
    }

    private static void main(Properties settings, String name, Object value) {
        settings.put(StreamsConfig.mainConsumerPrefix(name), value);
    }

    private static void produce(Properties settings, String name, Object value) {
        settings.put(StreamsConfig.producerPrefix(name), value);
    }
}
