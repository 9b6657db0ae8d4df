package io.prism.streams.rehydration;

import io.prism.streams.role.RoleContext;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The settings of all Kafka clients of the rehydration, in one place. */
final class RehydrationSettings {
    /** A record of the largest max_size, 64 MiB, with its headers. */
    private static final int MAX_REQUEST = 70 << 20;

    private RehydrationSettings() {}

    static Properties streams(RehydrationConfig config, RoleContext context) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, context.bootstrap());
        settings.put(StreamsConfig.STATE_DIR_CONFIG, context.state().toString());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.threads());
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        settings.put(StreamsConfig.POLL_MS_CONFIG, 50);
        // Partitions do not wait for one another: a task holds those of many topics.
        settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, -1L);
        settings.put("enable.metrics.push", false);
        // Regular expressions and topics that come later need the classic protocol.
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        consumer(settings);
        producer(settings);
        return settings;
    }

    private static void consumer(Properties settings) {
        main(settings, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        main(settings, ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        main(settings, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
        // Another member's new topic is learned of with a heartbeat.
        main(settings, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 500);
        main(settings, ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20);
        main(settings, ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1 << 20);
        main(settings, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500);
        main(settings, CommonClientConfigs.METADATA_MAX_AGE_CONFIG, 30_000);
    }

    private static void main(Properties settings, String name, Object value) {
        settings.put(StreamsConfig.mainConsumerPrefix(name), value);
    }

    private static void producer(Properties settings) {
        produce(settings, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST);
        produce(settings, ProducerConfig.BUFFER_MEMORY_CONFIG, 80L << 20);
        produce(settings, ProducerConfig.LINGER_MS_CONFIG, 0);
        produce(settings, ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        produce(settings, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        produce(settings, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
        produce(settings, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
    }

    private static void produce(Properties settings, String name, Object value) {
        settings.put(StreamsConfig.producerPrefix(name), value);
    }

    static Map<String, Object> admin(RehydrationConfig config, RoleContext context) {
        Map<String, Object> settings = new TreeMap<>();
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, context.bootstrap());
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, config.applicationId() + "-routes");
        settings.put("enable.metrics.push", false);
        settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        settings.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, 15_000);
        return settings;
    }

    static Map<String, Object> table(RehydrationConfig config, RoleContext context) {
        Map<String, Object> settings = new TreeMap<>(admin(config, context));
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return settings;
    }
}
