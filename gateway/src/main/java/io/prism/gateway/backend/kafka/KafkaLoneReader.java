package io.prism.gateway.backend.kafka;

import io.prism.gateway.backend.CommitPoint;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.backend.StartAt;
import io.prism.gateway.backend.TopicSelector;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Reads every partition of the topics that match, and looks for new ones from time to time. */
final class KafkaLoneReader extends KafkaReaderBase {
    private static final long LOOK_NANOS = 1_000_000_000L;

    private final ReadRequest.Alone request;
    private boolean positioned;
    private long lookedAt;

    KafkaLoneReader(Map<String, Object> config, ReadRequest.Alone request) {
        super(config);
        this.request = request;
    }

    @Override
    void beforePoll() {
        long now = System.nanoTime();
        // A single topic's partitions hardly ever change: once is enough.
        boolean due =
                !positioned
                        || request.topics() instanceof TopicSelector.Matching
                                && now - lookedAt > LOOK_NANOS;
        if (!due) {
            return;
        }
        lookedAt = now;
        Set<TopicPartition> found =
                switch (request.topics()) {
                    case TopicSelector.Exact exact ->
                            partitions(consumer.partitionsFor(exact.topic()));
                    case TopicSelector.Matching matching ->
                            consumer.listTopics().entrySet().stream()
                                    .filter(entry -> matching.matches(entry.getKey()))
                                    .flatMap(entry -> partitions(entry.getValue()).stream())
                                    .collect(Collectors.toSet());
                };
        Set<TopicPartition> fresh = new HashSet<>(found);
        fresh.removeAll(consumer.assignment());
        if (!fresh.isEmpty()) {
            Set<TopicPartition> all = new HashSet<>(consumer.assignment());
            all.addAll(fresh);
            consumer.assign(all);
            // A topic that appears later is read from its beginning: all of it is new to the
            // subscription.
            seek(fresh, positioned ? new StartAt.Earliest() : request.start());
        }
        positioned =
                positioned
                        || !found.isEmpty()
                        || request.topics() instanceof TopicSelector.Matching;
    }

    @Override
    boolean hasTopics() {
        return !consumer.assignment().isEmpty();
    }

    private static Set<TopicPartition> partitions(List<PartitionInfo> infos) {
        return infos.stream()
                .map(i -> new TopicPartition(i.topic(), i.partition()))
                .collect(Collectors.toSet());
    }

    private void seek(Set<TopicPartition> fresh, StartAt start) {
        switch (start) {
            case StartAt.Earliest earliest -> consumer.seekToBeginning(fresh);
            case StartAt.Latest latest -> {
                // Fixed now, not at the first fetch: what is published from here on is delivered.
                Map<TopicPartition, Long> ends = consumer.endOffsets(fresh);
                ends.forEach(consumer::seek);
            }
            case StartAt.AtTime at -> {
                Map<TopicPartition, Long> ends = consumer.endOffsets(fresh);
                Map<TopicPartition, Long> times =
                        fresh.stream()
                                .collect(
                                        Collectors.toMap(
                                                Function.identity(),
                                                p -> at.time().toEpochMilli()));
                Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
                for (TopicPartition partition : fresh) {
                    OffsetAndTimestamp hit = found.get(partition);
                    consumer.seek(
                            partition,
                            hit == null ? ends.getOrDefault(partition, 0L) : hit.offset());
                }
                // The consumer takes whatever it was told last for the partitions' ends, and
                // caughtUp() would be true at once.
                var unused = consumer.endOffsets(fresh);
            }
            case StartAt.AtOffsets at -> {
                Map<TopicPartition, Long> begins = consumer.beginningOffsets(fresh);
                Map<TopicPartition, Long> ends = consumer.endOffsets(fresh);
                for (TopicPartition partition : fresh) {
                    long begin = begins.getOrDefault(partition, 0L);
                    long offset = at.offsets().getOrDefault(place(partition), begin);
                    boolean known = offset >= begin && offset <= ends.getOrDefault(partition, 0L);
                    consumer.seek(partition, known ? offset : begin);
                }
            }
            case StartAt.AtOffset at -> {
                Map<TopicPartition, Long> begins = consumer.beginningOffsets(fresh);
                Map<TopicPartition, Long> ends = consumer.endOffsets(fresh);
                for (TopicPartition partition : fresh) {
                    consumer.seek(
                            partition,
                            Math.clamp(
                                    at.offset(),
                                    begins.getOrDefault(partition, 0L),
                                    ends.getOrDefault(partition, Long.MAX_VALUE)));
                }
            }
        }
    }

    @Override
    public void commit(Map<LogPartition, CommitPoint> points, boolean wait) {
        throw new IllegalStateException("a lone reader has no group to commit for");
    }

    @Override
    public boolean positioned() {
        return positioned;
    }
}
