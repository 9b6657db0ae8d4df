package io.prism.streams.rehydration;

import io.prism.streams.kafka.TopicAdmin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Sees to it that derived topics are there, with as many partitions as their sources and room for
 * whole payloads. A gateway makes them with their sources; what was there before is made here.
 */
final class DerivedTopics {
    private final TopicAdmin topics;

    /**
     * @param maxMessageBytes of the derived topic, at least
     */
    record Wanted(
            String source, String target, int maxMessageBytes, Optional<Duration> retention) {}

    DerivedTopics(Admin admin) {
        this.topics = new TopicAdmin(admin);
    }

    Set<String> existing() {
        return topics.existing();
    }

    /**
     * Makes or extends what is not as it should be; blocks.
     *
     * @return those whose source and derived topic are both ready
     */
    List<Wanted> ensure(Collection<Wanted> wanted) {
        Set<String> names = new TreeSet<>();
        wanted.forEach(pair -> names.addAll(List.of(pair.source(), pair.target())));
        Map<String, TopicDescription> found = topics.describe(names);
        List<Wanted> ready = new ArrayList<>();
        for (Wanted pair : wanted) {
            TopicDescription source = found.get(pair.source());
            if (source != null) {
                Optional.ofNullable(found.get(pair.target()))
                        .ifPresentOrElse(
                                target -> extend(pair, source, target), () -> make(pair, source));
                ready.add(pair);
            }
        }
        return ready;
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
        topics.make(
                new NewTopic(pair.target(), source.partitions().size(), replication)
                        .configs(config));
    }

    private void extend(Wanted pair, TopicDescription source, TopicDescription target) {
        int partitions = source.partitions().size();
        if (target.partitions().size() < partitions) {
            topics.addPartitions(pair.target(), partitions);
        }
        topics.raiseMaxMessageBytes(pair.target(), pair.maxMessageBytes());
    }
}
