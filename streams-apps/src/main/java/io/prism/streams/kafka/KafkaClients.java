package io.prism.streams.kafka;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The settings of every Kafka client of the process, in one place.
 *
 * <p>Streams runs under the classic group protocol, which every broker has. Its members are static:
 * named after the state folder, so that a process that was killed and starts again on the same
 * folder takes its tasks back at once, while another process takes them over after {@link
 * #SESSION_MILLIS}, the least a broker allows unless told otherwise. (The protocol {@code streams}
 * has its session timeout on the broker, 45 s unless every cluster is told otherwise, and does not
 * yet let a topology change from one version of Prism to the next.)
 */
public final class KafkaClients {
    private static final int SESSION_MILLIS = 6_000;
    private static final int HEARTBEAT_MILLIS = 2_000;
    private static final int TRANSACTION_MILLIS = 10_000;
    private static final int MAX_REQUEST = 17 << 20;
    private static final int ADMIN_SECONDS = 20;
    private static final String INSTANCE = "instance";

    private final String bootstrap;
    private final String instance;

    /**
     * @param state the process's own folder, made if need be; remembers the process's name
     */
    public KafkaClients(String bootstrap, Path state) {
        this.bootstrap = bootstrap;
        this.instance = instanceOf(state);
    }

    private static String instanceOf(Path state) {
        try {
            Files.createDirectories(state);
            Path file = state.resolve(INSTANCE);
            if (!Files.exists(file)) {
                Path fresh = state.resolve(INSTANCE + ".new");
                Files.writeString(fresh, UUID.randomUUID().toString());
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new PrismException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the state folder " + state + " cannot be used (" + e.getMessage() + ")",
                    e);
        }
    }

    public Admin admin() {
        Map<String, Object> config = common("admin");
        config.put("default.api.timeout.ms", 15_000);
        config.put("request.timeout.ms", 5_000);
        return Admin.create(config);
    }

    /** A reader on its own; partitions are assigned by hand. */
    public Map<String, Object> loneConsumer() {
        return consumer("reader");
    }

    /** The process's member of a plain consumer group; positions are committed by hand. */
    public Map<String, Object> groupConsumer(String group) {
        Map<String, Object> config = consumer(group);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MILLIS);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500);
        return config;
    }

    private Map<String, Object> consumer(String role) {
        Map<String, Object> config = common(role);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 15_000);
        return config;
    }

    /** Durable and idempotent. */
    public Map<String, Object> producer(String role) {
        Map<String, Object> config = common(role);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        return config;
    }

    /**
     * Durable, and in transactions; takes the largest records there are.
     *
     * @param name of the work: a producer of this name ends what an earlier one had begun
     */
    public Map<String, Object> transactionalProducer(String name) {
        Map<String, Object> config = producer(name);
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, name);
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        return config;
    }

    /**
     * Exactly once (v2), one thread.
     *
     * @param application names the group, the internal topics and the folder
     * @param state where local stores are kept
     * @param admin is asked how many brokers the cluster has; blocks
     */
    public Properties streams(String application, Path state, Admin admin) {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(StreamsConfig.CLIENT_ID_CONFIG, application + "-" + instance);
        config.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, Math.clamp(brokers(admin), 1, 3));
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        config.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksDbMemory.class);
        config.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        main(config, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
        main(config, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
        main(config, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MILLIS);
        config.put(
                StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
                TRANSACTION_MILLIS);
        // A deleted topic that a producer still knows stalls it: docs/decisions/009.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.METADATA_MAX_IDLE_CONFIG), 5_000);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG), 200);
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 50);
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return config;
    }

    private static void main(Properties config, String name, Object value) {
        config.put(StreamsConfig.mainConsumerPrefix(name), value);
    }

    private Map<String, Object> common(String role) {
        Map<String, Object> config = new HashMap<>();
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, "prism-streams-" + role);
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 50);
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        config.put("enable.metrics.push", false);
        config.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
        return config;
    }

    /** How many brokers the cluster has; blocks. */
    private static int brokers(Admin admin) {
        return answer(admin.describeCluster().nodes()).size();
    }

    /** What tells the cluster from any other, for ever; blocks. */
    public static String clusterId(Admin admin) {
        return answer(admin.describeCluster().clusterId());
    }

    private static <T> T answer(KafkaFuture<T> asked) {
        try {
            return asked.get(ADMIN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new PrismException(
                    ErrorCode.BACKEND_UNAVAILABLE,
                    "Kafka cannot be reached (" + e.getMessage() + "); is kafka.bootstrap right?",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
        }
    }
}
