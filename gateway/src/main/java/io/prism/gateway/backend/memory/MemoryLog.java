package io.prism.gateway.backend.memory;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.backend.Appended;
import io.prism.gateway.backend.CommitPoint;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.LogReader;
import io.prism.gateway.backend.LogRecord;
import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.backend.StartAt;
import io.prism.gateway.backend.TopicSelector;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/** A log in memory. One lock guards everything; readers wait on its condition. */
public final class MemoryLog implements LogBackend {
    final ReentrantLock lock = new ReentrantLock();
    final Condition changed = lock.newCondition();
    final TreeMap<String, List<List<LogEntry>>> topics = new TreeMap<>();
    final Map<String, Map<LogPartition, CommitPoint>> groups = new HashMap<>();
    final Map<String, List<MemoryGroupReader>> members = new HashMap<>();
    private final Map<String, TopicSettings> settings = new HashMap<>();
    private final Clock clock;
    private int nextPartition;

    public MemoryLog(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void ensureTopic(TopicSettings topic) {
        lock.lock();
        try {
            if (topics.containsKey(topic.topic())) {
                return;
            }
            List<List<LogEntry>> partitions = new ArrayList<>();
            for (int i = 0; i < topic.partitions(); i++) {
                partitions.add(new ArrayList<>());
            }
            topics.put(topic.topic(), partitions);
            settings.put(topic.topic(), topic);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Set<String> topics(String prefix) {
        lock.lock();
        try {
            return topics.keySet().stream()
                    .filter(t -> t.startsWith(prefix))
                    .collect(Collectors.toSet());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void deleteTopics(Collection<String> names) {
        lock.lock();
        try {
            names.forEach(topics::remove);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletableFuture<Appended> append(LogRecord record) {
        lock.lock();
        try {
            List<List<LogEntry>> partitions = topics.get(record.topic());
            TopicSettings limits = settings.get(record.topic());
            if (partitions == null || limits == null) {
                return CompletableFuture.failedFuture(
                        new PrismException(
                                ErrorCode.BACKEND_UNAVAILABLE,
                                "there is no topic " + record.topic()));
            }
            if (record.value().size() > limits.maxRecordBytes()) {
                return CompletableFuture.failedFuture(
                        new PrismException(
                                ErrorCode.PAYLOAD_TOO_LARGE,
                                "the record is larger than topic " + record.topic() + " takes"));
            }
            byte[] key = record.key();
            Integer asked = record.partition();
            int partition =
                    asked != null
                            ? asked
                            : key != null
                                    ? partitionFor(record.topic(), key)
                                    : nextPartition++ % partitions.size();
            List<LogEntry> log = partitions.get(partition);
            LogEntry entry =
                    new LogEntry(
                            record.topic(),
                            partition,
                            log.size(),
                            clock.millis(),
                            key,
                            record.value().toByteArray(),
                            record.headers());
            log.add(entry);
            changed.signalAll();
            return CompletableFuture.completedFuture(
                    new Appended(partition, entry.offset(), entry.timestamp()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int partitionFor(String topic, byte[] key) {
        lock.lock();
        try {
            List<List<LogEntry>> partitions = topics.get(topic);
            return partitions == null ? 0 : Math.floorMod(Arrays.hashCode(key), partitions.size());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public LogReader read(ReadRequest request) {
        return switch (request) {
            case ReadRequest.Alone alone -> new MemoryLoneReader(this, alone);
            case ReadRequest.AsMember member -> new MemoryGroupReader(this, member);
        };
    }

    @Override
    public int partitions(String topic) {
        lock.lock();
        try {
            return partitionsOf(new TopicSelector.Exact(topic)).size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long unread(String topic, String group) {
        lock.lock();
        try {
            return partitionsOf(new TopicSelector.Exact(topic)).stream()
                    .mapToLong(
                            partition ->
                                    entries(partition).size()
                                            - committed(group, partition)
                                                    .map(CommitPoint::offset)
                                                    .orElse(0L))
                    .sum();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean hasMembers(String group) {
        lock.lock();
        try {
            return !members.getOrDefault(group, List.of()).isEmpty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Set<String> groups(String prefix) {
        lock.lock();
        try {
            return groups.keySet().stream()
                    .filter(group -> group.startsWith(prefix))
                    .collect(Collectors.toSet());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void startGroup(String group, TopicSelector selector, StartAt start) {
        lock.lock();
        try {
            Map<LogPartition, CommitPoint> points = new HashMap<>();
            for (LogPartition partition : partitionsOf(selector)) {
                points.put(partition, new CommitPoint(startOffset(partition, start), ""));
            }
            groups.put(group, points);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void deleteGroup(String group) {
        lock.lock();
        try {
            groups.remove(group);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String clusterId() {
        return "memory";
    }

    @Override
    public void checkReachable() {}

    @Override
    public void close() {}

    /** The caller holds the lock, here and below. */
    List<LogPartition> partitionsOf(TopicSelector selector) {
        List<LogPartition> found = new ArrayList<>();
        topics.forEach(
                (topic, partitions) -> {
                    if (selector.matches(topic)) {
                        for (int i = 0; i < partitions.size(); i++) {
                            found.add(new LogPartition(topic, i));
                        }
                    }
                });
        return found;
    }

    List<LogEntry> entries(LogPartition partition) {
        List<List<LogEntry>> partitions = topics.get(partition.topic());
        return partitions == null ? List.of() : partitions.get(partition.partition());
    }

    long startOffset(LogPartition partition, StartAt start) {
        List<LogEntry> entries = entries(partition);
        return switch (start) {
            case StartAt.Earliest earliest -> 0;
            case StartAt.Latest latest -> entries.size();
            case StartAt.AtOffset at -> Math.clamp(at.offset(), 0L, (long) entries.size());
            case StartAt.AtOffsets at -> {
                long offset = at.offsets().getOrDefault(partition, 0L);
                yield offset > entries.size() ? 0L : offset;
            }
            case StartAt.AtTime at ->
                    entries.stream()
                            .filter(e -> e.timestamp() >= at.time().toEpochMilli())
                            .findFirst()
                            .map(LogEntry::offset)
                            .orElse((long) entries.size());
        };
    }

    Optional<CommitPoint> committed(String group, LogPartition partition) {
        return Optional.ofNullable(groups.getOrDefault(group, Map.of()).get(partition));
    }
}
