package io.prism.streams.kafka;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Topics looked at, made and changed; each call blocks. Failures are PrismExceptions:
 * BACKEND_UNAVAILABLE where a repetition may help, BACKEND_REFUSED where it will not.
 */
public final class TopicAdmin {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Admin admin;

    public TopicAdmin(Admin admin) {
        this.admin = admin;
    }

    public Set<String> existing() {
        return await("listing topics", admin.listTopics().names());
    }

    /** Those of the topics that exist. */
    public Map<String, TopicDescription> describe(Collection<String> names) {
        Map<String, TopicDescription> found = new TreeMap<>();
        Map<String, KafkaFuture<TopicDescription>> answers =
                admin.describeTopics(names).topicNameValues();
        answers.forEach(
                (name, answer) -> {
                    try {
                        found.put(name, await("describing topic " + name, answer));
                    } catch (PrismException failure) {
                        if (!isCausedBy(failure, UnknownTopicOrPartitionException.class)) {
                            throw failure;
                        }
                    }
                });
        return found;
    }

    /** Makes the topic; false if there is one of that name. */
    public boolean make(NewTopic topic) {
        try {
            await("making topic " + topic.name(), admin.createTopics(List.of(topic)).all());
            return true;
        } catch (PrismException failure) {
            if (isCausedBy(failure, TopicExistsException.class)) {
                return false;
            }
            throw failure;
        }
    }

    public void addPartitions(String topic, int partitions) {
        await(
                "adding partitions to " + topic,
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all());
    }

    /** Lets the topic take records of this size, if it does not yet. */
    public void raiseMaxMessageBytes(String topic, int bytes) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config now =
                await(
                                "reading the settings of " + topic,
                                admin.describeConfigs(List.of(resource)).all())
                        .getOrDefault(resource, new Config(List.of()));
        ConfigEntry limit = now.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        if (limit == null || Integer.parseInt(limit.value()) < bytes) {
            AlterConfigOp raise =
                    new AlterConfigOp(
                            new ConfigEntry(
                                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes)),
                            AlterConfigOp.OpType.SET);
            await(
                    "raising max.message.bytes of " + topic,
                    admin.incrementalAlterConfigs(Map.of(resource, List.of(raise))).all());
        }
    }

    private static boolean isCausedBy(PrismException failure, Class<? extends Exception> type) {
        return failure.getCause() instanceof ExecutionException answered
                && type.isInstance(answered.getCause());
    }

    private static <T> T await(String doing, KafkaFuture<T> answer) {
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new PrismException(
                    e.getCause() instanceof RetriableException
                            ? ErrorCode.BACKEND_UNAVAILABLE
                            : ErrorCode.BACKEND_REFUSED,
                    doing + " failed (" + e.getCause() + ")",
                    e);
        } catch (TimeoutException e) {
            throw new PrismException(
                    ErrorCode.BACKEND_UNAVAILABLE, doing + " failed: Kafka did not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, doing + " was interrupted", e);
        }
    }
}
