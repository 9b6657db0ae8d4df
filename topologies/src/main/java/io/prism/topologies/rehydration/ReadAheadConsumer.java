package io.prism.topologies.rehydration;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A stream thread's consumer that differs in two ways from a plain one: whatever pattern it is told
 * to subscribe to, it follows the topics of the {@link RouteTable} as they change, and it hands a
 * record out when its payload is there.
 */
final class ReadAheadConsumer extends KafkaConsumer<byte[], byte[]> {
    /** How often it is looked whether a payload has come. */
    private static final Duration GLANCE = Duration.ofMillis(10);

    /** How long a committed position may take to be known. */
    private static final Duration POSITION = Duration.ofSeconds(5);

    private final RouteTable routes;
    private final ReadAhead ahead;
    private final Consumer<ReadAheadConsumer> onClose;
    private final Set<TopicPartition> pausedByStreams = new HashSet<>();
    private final Set<TopicPartition> pausedAsFull = new HashSet<>();
    private final Set<TopicPartition> told = new HashSet<>();
    private @Nullable ConsumerRebalanceListener listener;
    private @Nullable Pattern subscribed;

    ReadAheadConsumer(
            Map<String, Object> config,
            RouteTable routes,
            ReadAhead ahead,
            Consumer<ReadAheadConsumer> onClose) {
        super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.routes = routes;
        this.ahead = ahead;
        this.onClose = onClose;
    }

    int held() {
        return ahead.held();
    }

    @Override
    public void subscribe(Pattern any, ConsumerRebalanceListener streams) {
        listener = new Dropping(streams);
        follow();
    }

    private void follow() {
        Pattern topics = routes.topics();
        if (listener != null && topics != subscribed) {
            subscribed = topics;
            super.subscribe(topics, listener);
        }
    }

    @Override
    public void unsubscribe() {
        ahead.dropAll();
        pausedByStreams.clear();
        pausedAsFull.clear();
        told.clear();
        listener = null;
        subscribed = null;
        super.unsubscribe();
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            follow();
            pauseWhatIsFull();
            Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
            ahead.add(super.poll(ahead.waits() && left.compareTo(GLANCE) > 0 ? GLANCE : left));
            tellPositions();
            ConsumerRecords<byte[], byte[]> ready = ahead.deliver(pausedByStreams);
            if (!ready.isEmpty() || !ready.nextOffsets().isEmpty() || System.nanoTime() >= end) {
                return ready;
            }
        }
    }

    /**
     * A task that gets a further partition commits all of its own, and fails if it was never told a
     * position of one: partitions in which nothing was read yet must be named once, too.
     */
    private void tellPositions() {
        for (TopicPartition partition : assignment()) {
            if (!told.contains(partition) && !pausedByStreams.contains(partition)) {
                try {
                    ahead.tell(partition, position(partition, POSITION));
                    told.add(partition);
                } catch (TimeoutException | InvalidOffsetException notYet) {
                    return; // the next poll asks again
                }
            }
        }
    }

    private void pauseWhatIsFull() {
        Set<TopicPartition> assigned = assignment();
        List<TopicPartition> full =
                assigned.stream()
                        .filter(partition -> !pausedAsFull.contains(partition))
                        .filter(ahead::full)
                        .toList();
        List<TopicPartition> drained =
                pausedAsFull.stream().filter(partition -> !ahead.full(partition)).toList();
        pausedAsFull.addAll(full);
        drained.forEach(pausedAsFull::remove);
        super.pause(full);
        super.resume(
                drained.stream()
                        .filter(assigned::contains)
                        .filter(partition -> !pausedByStreams.contains(partition))
                        .toList());
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        super.pause(partitions);
        pausedByStreams.addAll(partitions);
        told.removeAll(Set.copyOf(partitions)); // a task may be made anew while they are paused
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        super.resume(
                partitions.stream()
                        .filter(partition -> !pausedAsFull.contains(partition))
                        .toList());
        partitions.forEach(pausedByStreams::remove);
    }

    @Override
    public Set<TopicPartition> paused() {
        return Set.copyOf(pausedByStreams);
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        ahead.drop(List.of(partition));
        super.seek(partition, offset);
    }

    @Override
    public void seek(TopicPartition partition, OffsetAndMetadata position) {
        ahead.drop(List.of(partition));
        super.seek(partition, position);
    }

    @Override
    public void seekToBeginning(Collection<TopicPartition> partitions) {
        ahead.drop(partitions);
        super.seekToBeginning(partitions);
    }

    @Override
    public void seekToEnd(Collection<TopicPartition> partitions) {
        ahead.drop(partitions);
        super.seekToEnd(partitions);
    }

    @Override
    public long position(TopicPartition partition) {
        OptionalLong held = ahead.position(partition);
        return held.isPresent() ? held.getAsLong() : super.position(partition);
    }

    @Override
    public long position(TopicPartition partition, Duration timeout) {
        OptionalLong held = ahead.position(partition);
        return held.isPresent() ? held.getAsLong() : super.position(partition, timeout);
    }

    @Override
    public void close() {
        end();
        super.close();
    }

    /**
     * Always leaves the group: there is no state that a member who comes back soon would want to
     * find again, and whoever takes over need not wait for the session's end.
     */
    @Override
    public void close(CloseOptions options) {
        end();
        super.close(options.withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
    }

    private void end() {
        ahead.dropAll();
        onClose.accept(this);
    }

    private void forget(Collection<TopicPartition> partitions) {
        ahead.drop(partitions);
        pausedByStreams.removeAll(Set.copyOf(partitions));
        pausedAsFull.removeAll(Set.copyOf(partitions));
        told.removeAll(Set.copyOf(partitions));
    }

    /**
     * Partitions that go take what is held of them along; the stream thread commits before they do.
     */
    private final class Dropping implements ConsumerRebalanceListener {
        private final ConsumerRebalanceListener streams;

        Dropping(ConsumerRebalanceListener streams) {
            this.streams = streams;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            streams.onPartitionsAssigned(partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            try {
                streams.onPartitionsRevoked(partitions);
            } finally {
                forget(partitions);
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            try {
                streams.onPartitionsLost(partitions);
            } finally {
                forget(partitions);
            }
        }
    }
}
