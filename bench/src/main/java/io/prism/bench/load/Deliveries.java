package io.prism.bench.load;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sees stamped payloads arrive: each one's latency since it was due to be published, and which are
 * still missing. Payloads with another mark are ignored. Thread-safe.
 */
public final class Deliveries {
    private final long mark;
    private final byte[] filling;
    private final Meter latencies;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final BitSet seen = new BitSet();
    private long distinct;
    private long repeated;

    /**
     * @param mark tells these payloads from others
     * @param filling of every payload; at least {@link Payloads#STAMP} bytes
     * @param latencies where latencies are recorded; nothing is counted there
     */
    public Deliveries(long mark, byte[] filling, Meter latencies) {
        if (filling.length < Payloads.STAMP) {
            throw new IllegalArgumentException(
                    "a stamped payload needs " + Payloads.STAMP + " bytes at least");
        }
        this.mark = mark;
        this.filling = filling.clone();
        this.latencies = latencies;
    }

    /** The payload to publish as number {@code index}. */
    public byte[] payload(long index, long dueNanos) {
        return Payloads.stamped(mark, index, dueNanos, filling);
    }

    /** Takes a payload that has just arrived. */
    public void arrived(ByteBuffer payload) {
        long now = System.nanoTime();
        if (payload.remaining() != filling.length || payload.getLong() != mark) {
            return;
        }
        int index = Math.toIntExact(payload.getLong());
        long due = payload.getLong();
        lock.lock();
        try {
            if (seen.get(index)) {
                repeated++;
                return;
            }
            seen.set(index);
            distinct++;
            latencies.latency(now - due);
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until so many different ones have arrived; false if time ran out. */
    public boolean await(long count, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (distinct < count) {
                if (left <= 0) {
                    return false;
                }
                left = arrived.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** How many different ones arrived. */
    public long distinct() {
        lock.lock();
        try {
            return distinct;
        } finally {
            lock.unlock();
        }
    }

    /** How many arrived a second time. */
    public long repeated() {
        lock.lock();
        try {
            return repeated;
        } finally {
            lock.unlock();
        }
    }
}
