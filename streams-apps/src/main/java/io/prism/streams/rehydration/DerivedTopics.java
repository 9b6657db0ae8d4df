package io.prism.streams.rehydration;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Sees to it that derived topics are there, with as many partitions as their sources and room for
 * whole payloads. A gateway makes them with their sources; what was there before is made here.
 */
final class DerivedTopics {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Admin admin;

    /**
     * @param maxMessageBytes of the derived topic, at least
     */
    record Wanted(
            String source, String target, int maxMessageBytes, Optional<Duration> retention) {}

    DerivedTopics(Admin admin) {
        this.admin = admin;
    }

    Set<String> existing() {
        return await("listing topics", admin.listTopics().names());
    }

    /**
     * Makes or extends what is not as it should be; blocks.
     *
     * @return those whose source and derived topic are both ready
     */
    List<Wanted> ensure(Collection<Wanted> wanted) {
        Set<String> names = new TreeSet<>();
        wanted.forEach(pair -> names.addAll(List.of(pair.source(), pair.target())));
        Map<String, TopicDescription> topics = describe(names);
        List<Wanted> ready = new ArrayList<>();
        for (Wanted pair : wanted) {
            TopicDescription source = topics.get(pair.source());
            if (source != null) {
                Optional.ofNullable(topics.get(pair.target()))
                        .ifPresentOrElse(
                                target -> extend(pair, source, target), () -> make(pair, source));
                ready.add(pair);
            }
        }
        return ready;
    }

    private Map<String, TopicDescription> describe(Collection<String> names) {
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

    private void make(Wanted pair, TopicDescription source) {
        Map<String, String> config = new HashMap<>();
        config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(pair.maxMessageBytes()));
        pair.retention()
                .ifPresent(
                        kept ->
                                config.put(
                                        TopicConfig.RETENTION_MS_CONFIG,
                                        Long.toString(kept.toMillis())));
        short replication = (short) source.partitions().getFirst().replicas().size();
        if (replication >= 3) {
            config.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2");
        }
        NewTopic topic =
                new NewTopic(pair.target(), source.partitions().size(), replication)
                        .configs(config);
        try {
            await("making topic " + pair.target(), admin.createTopics(List.of(topic)).all());
        } catch (PrismException failure) {
            if (!isCausedBy(failure, TopicExistsException.class)) {
                throw failure;
            }
        }
    }

    private void extend(Wanted pair, TopicDescription source, TopicDescription target) {
        int partitions = source.partitions().size();
        if (target.partitions().size() < partitions) {
            await(
                    "adding partitions to " + pair.target(),
                    admin.createPartitions(
                                    Map.of(pair.target(), NewPartitions.increaseTo(partitions)))
                            .all());
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, pair.target());
        Config now =
                await(
                                "reading the settings of " + pair.target(),
                                admin.describeConfigs(List.of(resource)).all())
                        .getOrDefault(resource, new Config(List.of()));
        ConfigEntry limit = now.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        if (limit == null || Integer.parseInt(limit.value()) < pair.maxMessageBytes()) {
            AlterConfigOp raise =
                    new AlterConfigOp(
                            new ConfigEntry(
                                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                                    Integer.toString(pair.maxMessageBytes())),
                            AlterConfigOp.OpType.SET);
            await(
                    "raising max.message.bytes of " + pair.target(),
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
        } catch (ExecutionException | TimeoutException e) {
            throw new PrismException(
                    ErrorCode.BACKEND_UNAVAILABLE,
                    doing + " failed (" + e.getCause() + "); trying again",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, doing + " was interrupted", e);
        }
    }
}
