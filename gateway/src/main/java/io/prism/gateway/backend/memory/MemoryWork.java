package io.prism.gateway.backend.memory;

import io.prism.gateway.backend.Held;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.TopicSelector;
import io.prism.gateway.backend.WorkSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A member of a sharing group of a {@link MemoryLog}. The log's lock guards everything. */
final class MemoryWork implements WorkSource {
    private final MemoryLog log;
    private final String topic;
    private final Group group;
    private final Sink sink;
    private final Set<LogEntry> held = new HashSet<>();
    private final Thread thread;
    private int wanted;
    private boolean closed;

    /** What a group knows of its records. */
    static final class Group {
        final Set<LogEntry> settled = new HashSet<>();
        final Set<LogEntry> taken = new HashSet<>();
        final Map<LogEntry, Integer> deliveries = new HashMap<>();
    }

    MemoryWork(MemoryLog log, String topic, Group group, Sink sink) {
        this.log = log;
        this.topic = topic;
        this.group = group;
        this.sink = sink;
        this.thread = Thread.ofVirtual().name("memory-work-" + topic).start(this::run);
    }

    @Override
    public void want(int records) {
        log.lock.lock();
        try {
            wanted = records;
            log.changed.signalAll();
        } finally {
            log.lock.unlock();
        }
    }

    private void run() {
        try {
            List<Held> taken = take();
            while (!taken.isEmpty()) {
                taken.forEach(sink::acquired);
                taken = take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for records that are wanted; none at the end. */
    private List<Held> take() throws InterruptedException {
        log.lock.lock();
        try {
            while (!closed) {
                List<Held> taken = new ArrayList<>();
                for (LogPartition partition : log.partitionsOf(new TopicSelector.Exact(topic))) {
                    for (LogEntry entry : log.entries(partition)) {
                        if (wanted > 0
                                && !group.settled.contains(entry)
                                && group.taken.add(entry)) {
                            wanted--;
                            held.add(entry);
                            taken.add(
                                    new Held(
                                            entry,
                                            group.deliveries.merge(entry, 1, Integer::sum),
                                            Integer.MAX_VALUE));
                        }
                    }
                }
                if (!taken.isEmpty()) {
                    return taken;
                }
                var unused = log.changed.await(1, TimeUnit.SECONDS);
            }
            return List.of();
        } finally {
            log.lock.unlock();
        }
    }

    @Override
    public CompletableFuture<Boolean> settle(Held record, Settlement settlement) {
        log.lock.lock();
        try {
            boolean known = held.remove(record.entry());
            if (known) {
                group.taken.remove(record.entry());
                if (settlement == Settlement.DONE) {
                    group.settled.add(record.entry());
                }
                log.changed.signalAll();
            }
            return CompletableFuture.completedFuture(known);
        } finally {
            log.lock.unlock();
        }
    }

    @Override
    public void close() {
        log.lock.lock();
        try {
            closed = true;
            group.taken.removeAll(held);
            held.clear();
            log.changed.signalAll();
        } finally {
            log.lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
