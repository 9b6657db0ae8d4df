package io.prism.gateway.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.backend.CommitPoint;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.LogReader;
import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.backend.TopicSelector;
import io.prism.gateway.subscription.PartitionTracker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One gateway's share of a group's work on a topic: it reads partitions as a member of the group,
 * and hands records out one by one. They may be settled in any order; what is settled beyond the
 * first unsettled record is remembered in the commit's note, so a kill -9 repeats what was not
 * settled and little else. Thread-safe.
 *
 * <p>In order of keys, one message of a key is out at a time, and the next one follows when it is
 * settled for good; one that is handed out again keeps its place at the head of its key. Keys do
 * not wait for each other. Otherwise no record waits for another.
 *
 * <p>Why not a share group: {@code docs/decisions/008-queues-read-partitions.md}.
 */
final class PartitionWork implements ReadRequest.Assignments, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PartitionWork.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final long COMMIT_NANOS = Duration.ofMillis(100).toNanos();
    private static final int MAX_WAITING = 5_000;
    private static final long MAX_WAITING_BYTES = 16L << 20;

    private final LogBackend backend;
    private final String topic;
    private final String group;
    private final boolean ordered;
    private final Sink sink;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<LogPartition, PartitionTracker> trackers = new HashMap<>();
    private final Map<Key, ArrayDeque<Work>> keys = new HashMap<>();

    /** Heads of keys that nobody has, in the order they became heads. */
    private final Map<Key, Work> heads = new LinkedHashMap<>();

    private final IdentityHashMap<Held, Work> out = new IdentityHashMap<>();
    private int waiting;
    private long waitingBytes;
    private int wanted;
    private boolean closed;

    /** Takes what is handed out; called by threads of the work's own. */
    interface Sink {
        void acquired(Held held);

        /** The record is not held any more and goes to somebody else. */
        void lost(Held held);

        /** Reading has failed and nothing more is handed out. */
        void failed(RuntimeException reason);
    }

    /** A record that is handed out until it is settled; each hand-out is its own. */
    static final class Held {
        private final LogEntry entry;
        private final int deliveries;

        Held(LogEntry entry, int deliveries) {
            this.entry = entry;
            this.deliveries = deliveries;
        }

        LogEntry entry() {
            return entry;
        }

        /** How often the record has been handed out, this time included. */
        int deliveries() {
            return deliveries;
        }
    }

    /** What becomes of a record. */
    enum Settlement {
        /** It has left the queue. */
        DONE,
        /** It was delivered, and is handed out again. */
        AGAIN,
        /** It was not delivered, and is handed out again as if it had not been handed out. */
        UNTOUCHED
    }

    /** What waits for what: without order, and without a key, a record has a key of its own. */
    private record Key(LogPartition partition, String key, long offset) {
        static Key of(LogEntry entry, boolean ordered) {
            byte[] key = entry.key();
            return key == null || !ordered
                    ? new Key(entry.place(), "", entry.offset())
                    : new Key(entry.place(), new String(key, UTF_8), -1);
        }
    }

    private static final class Work {
        final Key key;
        final LogEntry entry;
        int deliveries;

        Work(Key key, LogEntry entry, int deliveries) {
            this.key = key;
            this.entry = entry;
            this.deliveries = deliveries;
        }

        int weight() {
            byte[] value = entry.value();
            return value == null ? 0 : value.length;
        }
    }

    PartitionWork(LogBackend backend, String topic, String group, boolean ordered, Sink sink) {
        this.backend = backend;
        this.topic = topic;
        this.group = group;
        this.ordered = ordered;
        this.sink = sink;
        this.thread = Thread.ofPlatform().daemon().name("queue-" + topic).unstarted(this::run);
        thread.start();
    }

    /** How many more records the sink takes now, besides those it was given. Does not block. */
    void want(int records) {
        lock.lock();
        try {
            wanted = records;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        handOut();
    }

    /** Gives the sink as many heads as it wants. */
    private void handOut() {
        List<Held> given = new ArrayList<>();
        lock.lock();
        try {
            while (wanted > 0 && !heads.isEmpty() && !closed) {
                Work work = heads.remove(heads.keySet().iterator().next());
                if (work == null) {
                    continue;
                }
                Held held = new Held(work.entry, work.deliveries);
                PartitionTracker tracker = trackers.get(work.key.partition());
                if (tracker != null) {
                    tracker.delivered(work.entry.offset());
                }
                out.put(held, work);
                given.add(held);
                wanted--;
            }
        } finally {
            lock.unlock();
        }
        // Never on the caller's thread: the sink wants more under a lock of its own.
        if (!given.isEmpty()) {
            Thread.ofVirtual().start(() -> given.forEach(sink::acquired));
        }
    }

    /** Ends the hold on a record; false if it was not held any more. Does not block. */
    boolean settle(Held held, Settlement settlement) {
        boolean known;
        lock.lock();
        try {
            Work work = out.remove(held);
            known = work != null;
            if (work != null) {
                settled(work, settlement);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        handOut();
        return known;
    }

    /** The caller holds the lock, here and below. */
    private void settled(Work work, Settlement settlement) {
        if (settlement != Settlement.DONE) {
            work.deliveries += settlement == Settlement.AGAIN ? 1 : 0;
            heads.put(work.key, work);
            return;
        }
        PartitionTracker tracker = trackers.get(work.key.partition());
        if (tracker != null) {
            tracker.acknowledge(work.entry.offset());
        }
        ArrayDeque<Work> queue = keys.get(work.key);
        if (queue == null) {
            return;
        }
        queue.pollFirst();
        waiting--;
        waitingBytes -= work.weight();
        Work next = queue.peekFirst();
        if (next == null) {
            keys.remove(work.key);
        } else {
            heads.put(next.key, next);
        }
    }

    private void enqueue(LogEntry entry) {
        PartitionTracker tracker = trackers.get(entry.place());
        if (tracker == null || !tracker.read(entry.offset())) {
            return; // another member's by now, or settled before
        }
        Work work = new Work(Key.of(entry, ordered), entry, tracker.deliveryCount(entry.offset()));
        ArrayDeque<Work> queue = keys.computeIfAbsent(work.key, k -> new ArrayDeque<>(2));
        queue.addLast(work);
        waiting++;
        waitingBytes += work.weight();
        if (queue.size() == 1) {
            heads.put(work.key, work);
        }
    }

    private void run() {
        try (LogReader reader =
                backend.read(
                        new ReadRequest.AsMember(new TopicSelector.Exact(topic), group, this))) {
            long committed = System.nanoTime();
            while (!isClosed()) {
                if (full()) {
                    reader.pause();
                } else {
                    reader.resume();
                }
                List<LogEntry> entries = reader.poll(POLL);
                lock.lock();
                try {
                    entries.forEach(this::enqueue);
                } finally {
                    lock.unlock();
                }
                handOut();
                if (System.nanoTime() - committed > COMMIT_NANOS) {
                    committed = System.nanoTime();
                    commit(reader, false);
                }
            }
            commit(reader, true);
        } catch (RuntimeException e) {
            if (!isClosed()) {
                sink.failed(e);
            } else {
                log.atWarn()
                        .setMessage("a queue did not close cleanly")
                        .addKeyValue("topic", topic)
                        .setCause(e)
                        .log();
            }
        }
    }

    /** Whether to wait before more is read; waits a moment for room. */
    private boolean full() {
        lock.lock();
        try {
            long left = POLL.toNanos();
            while (overfull() && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            return overfull();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    private boolean overfull() {
        return waiting >= MAX_WAITING || waitingBytes >= MAX_WAITING_BYTES;
    }

    private void commit(LogReader reader, boolean wait) {
        Map<LogPartition, CommitPoint> points = new HashMap<>();
        lock.lock();
        try {
            trackers.forEach(
                    (partition, tracker) ->
                            tracker.takeChange().ifPresent(point -> points.put(partition, point)));
        } finally {
            lock.unlock();
        }
        if (!points.isEmpty()) {
            reader.commit(points, wait);
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void assigned(LogPartition partition, Optional<CommitPoint> from) {
        lock.lock();
        try {
            trackers.put(partition, new PartitionTracker(from));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Map<LogPartition, CommitPoint> revoked(Collection<LogPartition> partitions) {
        Map<LogPartition, CommitPoint> points = new HashMap<>();
        List<Held> gone = new ArrayList<>();
        lock.lock();
        try {
            for (LogPartition partition : partitions) {
                PartitionTracker tracker = trackers.remove(partition);
                if (tracker != null) {
                    tracker.takeChange().ifPresent(point -> points.put(partition, point));
                }
            }
            out.forEach(
                    (held, work) -> {
                        if (partitions.contains(work.key.partition())) {
                            gone.add(held);
                        }
                    });
            gone.forEach(out::remove);
            heads.keySet().removeIf(key -> partitions.contains(key.partition()));
            keys.entrySet()
                    .removeIf(
                            e -> {
                                boolean theirs = partitions.contains(e.getKey().partition());
                                if (theirs) {
                                    waiting -= e.getValue().size();
                                    e.getValue().forEach(work -> waitingBytes -= work.weight());
                                }
                                return theirs;
                            });
        } finally {
            lock.unlock();
        }
        gone.forEach(sink::lost);
        return points;
    }

    @Override
    public void lost(Collection<LogPartition> partitions) {
        revoked(partitions);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (!thread.join(CLOSE_TIMEOUT)) {
                log.atWarn()
                        .setMessage("a queue did not close in time")
                        .addKeyValue("topic", topic)
                        .log();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
