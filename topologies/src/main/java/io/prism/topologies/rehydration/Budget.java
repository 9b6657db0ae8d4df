package io.prism.topologies.rehydration;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory all payloads of the process share between the start of their download and the moment
 * they are handed to the producer. Asked for in the order of need: whoever did not get any is first
 * in line for what is given back, so that a large payload is not passed by small ones for ever. No
 * namespace gets more than half, so that one whose storage is down leaves the others room.
 * Thread-safe.
 *
 * <p>Payloads of a partition ask in order, so what is held is always being loaded or on its way
 * out, and none waits for memory that it holds up itself.
 */
final class Budget {
    private final long capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashSet<Object> line = new LinkedHashSet<>();
    private final Map<String, Long> shares = new HashMap<>();
    private long used;

    /**
     * @param capacity in bytes; a payload larger than it is let in when there is no other
     */
    Budget(long capacity) {
        this.capacity = capacity;
    }

    /**
     * Takes the bytes if there is room, for the namespace too, and nobody waits longer; otherwise
     * puts the asker in line.
     */
    boolean tryTake(Object asker, String namespace, long bytes) {
        lock.lock();
        try {
            long share = shares.getOrDefault(namespace, 0L);
            if (share > 0 && share + bytes > capacity / 2) {
                line.remove(asker); // it waits for its own namespace, and nobody for it
                return false;
            }
            boolean first = line.isEmpty() || line.getFirst().equals(asker);
            if (first && (used == 0 || used + bytes <= capacity)) {
                used += bytes;
                shares.put(namespace, share + bytes);
                line.remove(asker);
                return true;
            }
            line.add(asker);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** The asker no longer wants any. */
    void leave(Object asker) {
        lock.lock();
        try {
            line.remove(asker);
        } finally {
            lock.unlock();
        }
    }

    void giveBack(String namespace, long bytes) {
        lock.lock();
        try {
            used -= bytes;
            shares.computeIfPresent(
                    namespace, (name, share) -> share > bytes ? share - bytes : null);
        } finally {
            lock.unlock();
        }
    }

    long used() {
        lock.lock();
        try {
            return used;
        } finally {
            lock.unlock();
        }
    }
}
