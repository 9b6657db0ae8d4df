package io.prism.gateway.subscription;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A set of offsets, kept as the runs it consists of: a million acknowledged messages behind one
 * that is not cost one entry. Not thread-safe.
 */
final class OffsetRanges {
    /** From a run's first offset to the one after its last. Runs neither overlap nor touch. */
    private final TreeMap<Long, Long> runs = new TreeMap<>();

    /** Adds the offsets from the first on and before the end. */
    void add(long first, long end) {
        long from = first;
        long to = end;
        Map.Entry<Long, Long> before = runs.floorEntry(first);
        if (before != null && before.getValue() >= first) {
            from = before.getKey();
            to = Math.max(to, before.getValue());
        }
        NavigableMap<Long, Long> swallowed = runs.subMap(from, true, to, true);
        for (long last : swallowed.values()) {
            to = Math.max(to, last);
        }
        swallowed.clear();
        runs.put(from, to);
    }

    boolean contains(long offset) {
        Map.Entry<Long, Long> run = runs.floorEntry(offset);
        return run != null && run.getValue() > offset;
    }

    void removeBefore(long offset) {
        Map.Entry<Long, Long> across = runs.lowerEntry(offset);
        runs.headMap(offset, false).clear();
        if (across != null && across.getValue() > offset) {
            runs.put(offset, across.getValue());
        }
    }

    /** The runs that begin at the offset or later, by their first offset; a view. */
    NavigableMap<Long, Long> from(long offset) {
        return runs.tailMap(offset, true);
    }

    void clear() {
        runs.clear();
    }
}
