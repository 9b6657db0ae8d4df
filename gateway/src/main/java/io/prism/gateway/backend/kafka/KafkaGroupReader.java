package io.prism.gateway.backend.kafka;

import io.prism.gateway.backend.CommitPoint;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.backend.TopicSelector;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member of a consumer group. */
final class KafkaGroupReader extends KafkaReaderBase {
    private static final Logger log = LoggerFactory.getLogger(KafkaGroupReader.class);

    private final ReadRequest.AsMember request;
    private boolean positioned;

    KafkaGroupReader(Map<String, Object> config, ReadRequest.AsMember request) {
        super(config);
        this.request = request;
        switch (request.topics()) {
            case TopicSelector.Exact exact ->
                    consumer.subscribe(List.of(exact.topic()), new Rebalances());
            case TopicSelector.Matching matching ->
                    consumer.subscribe(matching.pattern(), new Rebalances());
        }
    }

    @Override
    void beforePoll() {}

    @Override
    boolean hasTopics() {
        return true; // the subscription itself
    }

    @Override
    public boolean positioned() {
        return positioned;
    }

    @Override
    public void commit(Map<LogPartition, CommitPoint> points, boolean wait) {
        Map<TopicPartition, OffsetAndMetadata> owned = new HashMap<>();
        points.forEach(
                (partition, point) -> {
                    if (consumer.assignment().contains(kafka(partition))) {
                        owned.put(
                                kafka(partition),
                                new OffsetAndMetadata(point.offset(), point.note()));
                    }
                });
        if (owned.isEmpty()) {
            return;
        }
        try {
            if (wait) {
                consumer.commitSync(owned);
            } else {
                consumer.commitAsync(
                        owned,
                        (committed, failure) -> {
                            if (failure != null) {
                                // The next commit of these partitions, or the one at revocation,
                                // covers this one.
                                log.atDebug().setMessage("commit failed").setCause(failure).log();
                            }
                        });
            }
        } catch (RuntimeException e) {
            throw KafkaErrors.map("committing the positions of group " + request.group(), e);
        }
    }

    private final class Rebalances implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            positioned = true;
            Map<TopicPartition, OffsetAndMetadata> committed =
                    consumer.committed(new HashSet<>(partitions));
            for (TopicPartition partition : partitions) {
                request.assignments()
                        .assigned(
                                place(partition),
                                Optional.ofNullable(committed.get(partition))
                                        .map(c -> new CommitPoint(c.offset(), c.metadata())));
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            Map<LogPartition, CommitPoint> points =
                    request.assignments().revoked(places(partitions));
            try {
                commit(points, true);
            } catch (RuntimeException e) {
                // What is not committed is delivered again.
                log.atWarn().setMessage("commit at revocation failed").setCause(e).log();
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            request.assignments().lost(places(partitions));
        }

        private List<LogPartition> places(Collection<TopicPartition> partitions) {
            return partitions.stream().map(KafkaReaderBase::place).collect(Collectors.toList());
        }
    }
}
