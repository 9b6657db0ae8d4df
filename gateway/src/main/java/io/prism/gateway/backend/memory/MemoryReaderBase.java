package io.prism.gateway.backend.memory;

import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.LogReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads from the positions it holds, in steps of at most 500 records. */
abstract class MemoryReaderBase implements LogReader {
    private static final int STEP = 500;

    final MemoryLog log;
    final Map<LogPartition, Long> positions = new HashMap<>();
    private boolean paused;

    MemoryReaderBase(MemoryLog log) {
        this.log = log;
    }

    /** Brings the positions up to date; the lock is held. */
    abstract void beforePoll();

    @Override
    public final List<LogEntry> poll(Duration timeout) {
        long left = timeout.toNanos();
        log.lock.lock();
        try {
            while (true) {
                beforePoll();
                List<LogEntry> entries = paused ? List.of() : take();
                if (!entries.isEmpty() || left <= 0) {
                    return entries;
                }
                left = log.changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } finally {
            log.lock.unlock();
        }
    }

    private List<LogEntry> take() {
        List<LogEntry> taken = new ArrayList<>();
        positions.replaceAll(
                (partition, position) -> {
                    List<LogEntry> entries = log.entries(partition);
                    int from = (int) Math.min(position, entries.size());
                    int to = Math.min(entries.size(), from + STEP - taken.size());
                    taken.addAll(entries.subList(from, to));
                    return (long) to;
                });
        return taken;
    }

    @Override
    public final boolean caughtUp() {
        log.lock.lock();
        try {
            return positions.entrySet().stream()
                    .allMatch(e -> e.getValue() >= log.entries(e.getKey()).size());
        } finally {
            log.lock.unlock();
        }
    }

    @Override
    public final void pause() {
        paused = true;
    }

    @Override
    public final void resume() {
        paused = false;
    }
}
