package io.prism.core.claim;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory all downloads of a process share for reading ahead. Nobody waits for it: a download
 * may always hold the one chunk it reads from, and reads further ahead only while there is room. So
 * slow readers make others read ahead less, and never stop them. Thread-safe.
 */
final class ReadMemory {
    private final long capacity;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong peak = new AtomicLong();

    /**
     * @param capacity in bytes
     */
    ReadMemory(long capacity) {
        this.capacity = capacity;
    }

    /** Takes the bytes if there is room for them. */
    boolean tryTake(long bytes) {
        long now = used.addAndGet(bytes);
        if (now > capacity) {
            used.addAndGet(-bytes);
            return false;
        }
        peak.accumulateAndGet(now, Math::max);
        return true;
    }

    /** Takes the bytes even where there is no room. */
    void take(long bytes) {
        peak.accumulateAndGet(used.addAndGet(bytes), Math::max);
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }

    /** The most bytes that were ever in use. */
    long peak() {
        return peak.get();
    }
}
