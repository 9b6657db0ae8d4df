package io.prism.bench.load;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes, counts and deletes topics. Thread-safe; methods block. */
public final class KafkaTopics implements AutoCloseable {
    private static final int REQUEST_MILLIS = 10_000;

    private final Admin admin;

    public KafkaTopics(String bootstrap) {
        admin =
                Admin.create(
                        Map.of(
                                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                                REQUEST_MILLIS,
                                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                                2 * REQUEST_MILLIS));
    }

    /** The first broker clients are sent to that is not on this machine. */
    public Optional<String> remoteBroker() throws InterruptedException, ExecutionException {
        for (Node node : admin.describeCluster().nodes().get()) {
            try {
                if (!InetAddress.getByName(node.host()).isLoopbackAddress()) {
                    return Optional.of(node.host() + ":" + node.port());
                }
            } catch (UnknownHostException e) {
                return Optional.of(node.host() + ":" + node.port());
            }
        }
        return Optional.empty();
    }

    /** Groups on the same cluster; as long as this is open. */
    public KafkaGroups groups() {
        return new KafkaGroups(admin);
    }

    /** With the cluster's default replication. */
    public void create(String topic, int partitions)
            throws InterruptedException, ExecutionException {
        admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                .all()
                .get();
    }

    /** One that is not there is fine. */
    public void delete(String topic) throws InterruptedException, ExecutionException {
        try {
            var _ = admin.deleteTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
        }
    }

    /** The topic's partitions. */
    public List<TopicPartition> partitions(String topic)
            throws InterruptedException, ExecutionException {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                .flatMap(it -> it.partitions().stream())
                .map(it -> new TopicPartition(topic, it.partition()))
                .toList();
    }

    /** How many offsets the topic holds: its records, as long as no transaction wrote to it. */
    public long records(String topic) throws InterruptedException, ExecutionException {
        return offsets(topic, OffsetSpec.latest()) - offsets(topic, OffsetSpec.earliest());
    }

    private long offsets(String topic, OffsetSpec spec)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions(topic).forEach(partition -> wanted.put(partition, spec));
        return admin.listOffsets(wanted).all().get().values().stream()
                .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                .sum();
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
