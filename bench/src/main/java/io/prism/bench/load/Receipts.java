package io.prism.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

/**
 * What consumers have received of a topic, record by record, and how much of it they have
 * acknowledged. Thread-safe.
 */
public final class Receipts {
    private final int payloadBytes;
    private final Meter meter;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Integer, BitSet> seen = new HashMap<>();
    private long distinct;
    private long repeated;
    private long misshapen;
    private long acknowledged;
    private long lastNanos;
    private @Nullable Throwable failure;

    /**
     * @param payloadBytes what every payload must have
     * @param meter counts acknowledgements, and what failed
     */
    public Receipts(int payloadBytes, Meter meter) {
        this.payloadBytes = payloadBytes;
        this.meter = meter;
    }

    /** One message arrived; a payload of another size is remembered as wrong. */
    void received(int partition, long offset, int bytes) {
        lock.lock();
        try {
            note(partition, offset, bytes);
        } finally {
            lock.unlock();
        }
    }

    /** All of them arrived. */
    void received(ConsumerRecords<byte[], byte[]> batch) {
        lock.lock();
        try {
            batch.forEach(it -> note(it.partition(), it.offset(), it.value().length));
        } finally {
            lock.unlock();
        }
    }

    /**
     * One message arrived, and needs no acknowledgement.
     *
     * @param sound whether its payload is what it must be
     */
    public void arrived(int partition, long offset, boolean sound) {
        received(partition, offset, sound ? payloadBytes : -1);
        acknowledged(1);
    }

    /** The caller holds the lock. */
    private void note(int partition, long offset, int bytes) {
        BitSet places = seen.computeIfAbsent(partition, _ -> new BitSet());
        int place = Math.toIntExact(offset);
        if (places.get(place)) {
            repeated++;
            return;
        }
        places.set(place);
        distinct++;
        if (bytes != payloadBytes) {
            misshapen++;
        }
    }

    /** So many of them will not come again. */
    void acknowledged(long count) {
        for (long i = 0; i < count; i++) {
            meter.acknowledged();
        }
        lock.lock();
        try {
            acknowledged += count;
            lastNanos = System.nanoTime();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** An acknowledgement was refused, or a message came without its payload. */
    void refused(long count, String why) {
        meter.failed(count, why);
    }

    /** Whoever waits is told. */
    void broken(Throwable why) {
        lock.lock();
        try {
            if (failure == null) {
                failure = why;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until so many have been acknowledged.
     *
     * @param idle for how long nothing may happen
     * @return false if nothing happened for so long
     * @throws IllegalStateException if a consumer broke
     */
    public boolean await(long count, Duration idle) throws InterruptedException {
        lock.lock();
        try {
            long before = acknowledged;
            long left = idle.toNanos();
            while (acknowledged < count && failure == null) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
                if (acknowledged > before) {
                    before = acknowledged;
                    left = idle.toNanos();
                }
            }
            if (failure != null) {
                throw new IllegalStateException("a consumer failed: " + failure, failure);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** When the last acknowledgement came, by {@link System#nanoTime}. */
    public long lastNanos() {
        lock.lock();
        try {
            return lastNanos;
        } finally {
            lock.unlock();
        }
    }

    /** What is not as it must be when so many messages were there, each to be received once. */
    public List<String> problems(long expected) {
        lock.lock();
        try {
            List<String> problems = new ArrayList<>();
            if (distinct != expected) {
                problems.add(distinct + " different messages of " + expected + " arrived");
            }
            if (acknowledged != expected) {
                problems.add(acknowledged + " messages of " + expected + " were acknowledged");
            }
            if (repeated > 0) {
                problems.add(repeated + " messages arrived twice");
            }
            if (misshapen > 0) {
                problems.add(misshapen + " messages arrived with another payload");
            }
            return problems;
        } finally {
            lock.unlock();
        }
    }
}
