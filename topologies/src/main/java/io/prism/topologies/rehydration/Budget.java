package io.prism.topologies.rehydration;

import java.util.LinkedHashSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory all payloads of the process share between the start of their download and the moment
 * they are handed to the producer. Asked for in the order of need: whoever did not get any is first
 * in line for what is given back, so that a large payload is not passed by small ones for ever.
 * Thread-safe.
 *
 * <p>Nobody can block it: payloads of a partition ask in order, so what is held is always being
 * loaded or on its way out.
 */
final class Budget {
    private final long capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashSet<Object> line = new LinkedHashSet<>();
    private long used;

    /**
     * @param capacity in bytes; a payload larger than it is let in when there is no other
     */
    Budget(long capacity) {
        this.capacity = capacity;
    }

    /**
     * Takes the bytes if there is room and nobody waits longer; otherwise puts the asker in line.
     */
    boolean tryTake(Object asker, long bytes) {
        lock.lock();
        try {
            boolean first = line.isEmpty() || line.getFirst().equals(asker);
            if (first && (used == 0 || used + bytes <= capacity)) {
                used += bytes;
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

    void giveBack(long bytes) {
        lock.lock();
        try {
            used -= bytes;
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
