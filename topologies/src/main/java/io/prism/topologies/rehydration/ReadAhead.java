package io.prism.topologies.rehydration;

import io.prism.topologies.rehydration.Prepared.Place;
import io.prism.topologies.rehydration.Prepared.Ready;
import io.prism.topologies.rehydration.Rehydrator.Attempt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Records between Kafka and the stream thread. In: what was read. Out, per partition in order: what
 * needs nothing more, up to the first claim whose payload is not there yet. What is held is read
 * but, to the stream thread, not yet polled, so its offset is never committed. Used by one thread.
 */
final class ReadAhead {
    /** What a partition may hold before no more of it is read. */
    private static final int MOST_RECORDS = 256;

    private static final long MOST_BYTES = 4 << 20;

    private final RouteTable routes;
    private final Rehydrator rehydrator;
    private final Budget budget;
    private final Prepared prepared;
    private final Map<TopicPartition, Lane> lanes = new LinkedHashMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> read = new HashMap<>();
    private final Set<TopicPartition> seen = new HashSet<>();
    private final Set<TopicPartition> untold = new HashSet<>();
    private volatile int held;

    /** A partition's records that wait, oldest first. */
    private static final class Lane {
        final Deque<Held> records = new ArrayDeque<>();
        long bytes;
    }

    private static final class Held {
        final ConsumerRecord<byte[], byte[]> record;
        final boolean claim;
        long payloadBytes;
        String namespace = "";
        @Nullable Attempt attempt;

        Held(ConsumerRecord<byte[], byte[]> record) {
            this.record = record;
            this.claim = Rehydrator.isClaim(record.headers());
        }

        long size() {
            return Math.max(0L, record.serializedKeySize())
                    + Math.max(0L, record.serializedValueSize());
        }

        boolean done() {
            return !claim || (attempt != null && attempt.outcome().isDone());
        }
    }

    ReadAhead(RouteTable routes, Rehydrator rehydrator, Budget budget, Prepared prepared) {
        this.routes = routes;
        this.rehydrator = rehydrator;
        this.budget = budget;
        this.prepared = prepared;
    }

    /** Takes what was read. */
    void add(ConsumerRecords<byte[], byte[]> records) {
        read.putAll(records.nextOffsets());
        for (TopicPartition partition : records.partitions()) {
            seen.add(partition);
            Lane lane = lanes.computeIfAbsent(partition, any -> new Lane());
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                Held added = new Held(record);
                lane.records.add(added);
                lane.bytes += added.size();
            }
        }
    }

    /**
     * Begins what can be begun and lets go of what is ready.
     *
     * @param paused partitions the stream thread wants nothing of now
     */
    ConsumerRecords<byte[], byte[]> deliver(Set<TopicPartition> paused) {
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> ready = new LinkedHashMap<>();
        lanes.forEach(
                (partition, lane) ->
                        routes.current(partition.topic())
                                .ifPresent(
                                        route -> {
                                            begin(route, lane);
                                            if (!paused.contains(partition)) {
                                                List<ConsumerRecord<byte[], byte[]>> out =
                                                        takeReady(lane);
                                                if (!out.isEmpty()) {
                                                    ready.put(partition, out);
                                                }
                                            }
                                        }));
        Map<TopicPartition, OffsetAndMetadata> next = nextOffsets(ready, paused);
        lanes.values().removeIf(lane -> lane.records.isEmpty());
        held = lanes.values().stream().mapToInt(lane -> lane.records.size()).sum();
        return new ConsumerRecords<>(ready, next);
    }

    /** In order, so that what has memory is always before what waits for some. */
    private void begin(Route route, Lane lane) {
        for (Held record : lane.records) {
            if (record.claim && record.attempt == null) {
                long bytes = Rehydrator.bytesOf(route, record.record.headers());
                if (bytes > 0 && !budget.tryTake(record, route.namespace(), bytes)) {
                    return;
                }
                record.payloadBytes = bytes;
                record.namespace = route.namespace();
                record.attempt = rehydrator.begin(route, record.record.headers());
            }
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> takeReady(Lane lane) {
        List<ConsumerRecord<byte[], byte[]>> out = new ArrayList<>();
        for (Held head = lane.records.peek();
                head != null && head.done();
                head = lane.records.peek()) {
            lane.records.remove();
            lane.bytes -= head.size();
            if (head.attempt != null) {
                ConsumerRecord<byte[], byte[]> record = head.record;
                prepared.put(
                        new Place(record.topic(), record.partition(), record.offset()),
                        new Ready(
                                head.attempt.outcome().join(), head.namespace, head.payloadBytes));
            }
            out.add(head.record);
        }
        return out;
    }

    /**
     * Makes the next delivery name this position, or that of the first record held, also if nothing
     * was read.
     */
    void tell(TopicPartition partition, long position) {
        read.putIfAbsent(partition, new OffsetAndMetadata(position));
        untold.add(partition);
    }

    /** Where the stream thread stands: before the first record held, or where Kafka was read to. */
    private Map<TopicPartition, OffsetAndMetadata> nextOffsets(
            Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> ready,
            Set<TopicPartition> paused) {
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        read.forEach(
                (partition, end) -> {
                    Lane lane = lanes.get(partition);
                    Held head = lane == null ? null : lane.records.peek();
                    if (head == null) {
                        if (!paused.contains(partition)) {
                            next.put(partition, end);
                        }
                    } else if (ready.containsKey(partition) || untold.contains(partition)) {
                        next.put(
                                partition,
                                new OffsetAndMetadata(
                                        head.record.offset(), head.record.leaderEpoch(), ""));
                    }
                });
        next.forEach(read::remove); // what is said in full need not be said again
        untold.removeAll(next.keySet());
        return next;
    }

    /** Forgets partitions: they are read again from another position, or by somebody else. */
    void drop(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            read.remove(partition);
            seen.remove(partition);
            untold.remove(partition);
            Lane lane = lanes.remove(partition);
            if (lane != null) {
                lane.records.forEach(this::abandon);
            }
        }
        prepared.drop(partitions);
    }

    private void abandon(Held record) {
        budget.leave(record);
        Attempt attempt = record.attempt;
        if (attempt != null) {
            attempt.abandon();
            var unused =
                    attempt.outcome()
                            .whenComplete(
                                    (outcome, failure) ->
                                            budget.giveBack(record.namespace, record.payloadBytes));
        }
    }

    /** Everything. */
    void dropAll() {
        drop(List.copyOf(seen));
    }

    /** Whether a payload may come at any moment. */
    boolean waits() {
        return !lanes.isEmpty();
    }

    /** Whether no more of the partition should be read now. */
    boolean full(TopicPartition partition) {
        Lane lane = lanes.get(partition);
        return lane != null && (lane.records.size() >= MOST_RECORDS || lane.bytes >= MOST_BYTES);
    }

    /** The offset of the first record held. */
    OptionalLong position(TopicPartition partition) {
        return Optional.ofNullable(lanes.get(partition))
                .flatMap(lane -> Optional.ofNullable(lane.records.peek()))
                .map(head -> OptionalLong.of(head.record.offset()))
                .orElse(OptionalLong.empty());
    }

    /** Records held; readable by other threads. */
    int held() {
        return held;
    }
}
