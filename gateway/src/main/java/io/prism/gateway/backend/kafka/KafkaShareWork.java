package io.prism.gateway.backend.kafka;

import io.prism.gateway.backend.Held;
import io.prism.gateway.backend.WorkSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A share group's work. Kafka's share consumer hands out the next records only when all it handed
 * out before are settled, so one message that takes long would hold up everything behind it: the
 * records are therefore taken by several consumers, {@link KafkaShareLane lanes}. There is one lane
 * while it keeps up; another opens when all of them have waited for stragglers for a while, and
 * closes when it has been idle.
 *
 * @see <a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-932">KIP-932</a>
 */
final class KafkaShareWork implements WorkSource {
    static final int MAX_BATCH = 500;
    private static final int MAX_LANES = 16;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    final KafkaSettings settings;
    final String topic;
    final String group;
    final int deliveryLimit;
    final Sink sink;

    final ReentrantLock lock = new ReentrantLock();
    final Condition changed = lock.newCondition();
    private final List<KafkaShareLane> lanes = new ArrayList<>();
    private final AtomicBoolean failed = new AtomicBoolean();
    private int wanted;
    private int opened;
    private boolean closed;

    KafkaShareWork(
            KafkaSettings settings, String topic, String group, int deliveryLimit, Sink sink) {
        this.settings = settings;
        this.topic = topic;
        this.group = group;
        this.deliveryLimit = deliveryLimit;
        this.sink = sink;
        lock.lock();
        try {
            openLane(MAX_BATCH / 10);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void want(int records) {
        lock.lock();
        try {
            wanted = records;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many records are wanted. The caller holds the lock, here and below. */
    int wanted() {
        return wanted;
    }

    boolean closed() {
        return closed;
    }

    /** Records were acquired; what was wanted is less by so many until the sink says otherwise. */
    void taken(int records) {
        wanted = Math.max(0, wanted - records);
    }

    /** A lane waits for stragglers while records are wanted. */
    void stuck() {
        if (!closed && lanes.size() < MAX_LANES && lanes.stream().allMatch(KafkaShareLane::stuck)) {
            openLane(wanted);
        }
    }

    /** Whether an idle lane may close: the last one stays, so that the group stays joined. */
    boolean dispensable(KafkaShareLane lane) {
        return lanes.size() > 1 && lanes.remove(lane);
    }

    private void openLane(int batch) {
        KafkaShareLane lane = new KafkaShareLane(this, Math.clamp(batch, 1, MAX_BATCH), ++opened);
        lanes.add(lane);
        lane.start();
    }

    void failed(KafkaShareLane lane, RuntimeException reason) {
        lock.lock();
        try {
            lanes.remove(lane);
        } finally {
            lock.unlock();
        }
        if (failed.compareAndSet(false, true)) {
            sink.failed(reason);
        }
    }

    @Override
    public CompletableFuture<Boolean> settle(Held held, Settlement settlement) {
        lock.lock();
        try {
            for (KafkaShareLane lane : lanes) {
                CompletableFuture<Boolean> result = lane.decide(held, settlement);
                if (result != null) {
                    changed.signalAll();
                    return result;
                }
            }
            return CompletableFuture.completedFuture(false);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        List<KafkaShareLane> open;
        lock.lock();
        try {
            closed = true;
            open = List.copyOf(lanes);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        open.forEach(KafkaShareLane::wakeup);
        long deadline = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
        for (KafkaShareLane lane : open) {
            lane.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
    }

    /** Waits for a change; the caller holds the lock. */
    void await(Duration atMost) throws InterruptedException {
        var unused = changed.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }
}
