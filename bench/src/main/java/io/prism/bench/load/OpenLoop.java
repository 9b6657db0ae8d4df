package io.prism.bench.load;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Sends at a fixed rate, whether or not answers come back. Each send is told when it was due, and a
 * latency measured from that moment includes the time in which a stalled system kept the generator
 * from sending: it is free of coordinated omission.
 */
public final class OpenLoop {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final LongSupplier nanoTime;
    private final LongConsumer pause;

    /** With the machine's clock; pausing costs a timer, not a core. */
    public OpenLoop() {
        this(System::nanoTime, LockSupport::parkNanos);
    }

    /**
     * @param pause waits about so many nanoseconds; may return early or late
     */
    OpenLoop(LongSupplier nanoTime, LongConsumer pause) {
        this.nanoTime = nanoTime;
        this.pause = pause;
    }

    /** Called once for each message, in order, never before it is due. */
    @FunctionalInterface
    public interface Send {
        /**
         * May block; what comes due meanwhile is sent without a pause afterwards.
         *
         * @param dueNanos on the loop's clock
         */
        void send(long index, long dueNanos) throws InterruptedException;
    }

    /**
     * Sends {@code rate × duration} messages evenly over the duration. A system so slow that it
     * holds the loop up for longer than the duration again ends it early.
     *
     * @return how many were sent
     */
    public long run(int ratePerSecond, Duration duration, Send send) throws InterruptedException {
        long start = nanoTime.getAsLong();
        long total = Math.multiplyExact(duration.toNanos(), ratePerSecond) / SECOND;
        long last = start + 2 * duration.toNanos();
        for (long i = 0; i < total; i++) {
            long due = start + Math.multiplyExact(i, SECOND) / ratePerSecond;
            long now = nanoTime.getAsLong();
            while (now < due) {
                pause.accept(due - now);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                now = nanoTime.getAsLong();
            }
            if (now > last) {
                return i;
            }
            send.send(i, due);
        }
        return total;
    }
}
