package io.prism.bench.load;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Bounds the operations without an answer, and waits for the last ones. Thread-safe. */
final class Outstanding {
    private final int most;
    private final Semaphore free;

    Outstanding(int most) {
        this.most = most;
        this.free = new Semaphore(most);
    }

    /** Waits for room. */
    void begin() throws InterruptedException {
        free.acquire();
    }

    void end() {
        free.release();
    }

    /** As below, where nothing begins any more. */
    void drain(Duration patience, Meter meter) throws InterruptedException {
        drain(Duration.ZERO, patience, meter);
    }

    /**
     * Waits until everything has ended; what has not by then is counted as failed.
     *
     * @param load how long operations that end may be followed by others
     */
    void drain(Duration load, Duration patience, Meter meter) throws InterruptedException {
        if (!free.tryAcquire(most, load.plus(patience).toNanos(), TimeUnit.NANOSECONDS)) {
            meter.failed(most - free.drainPermits(), "no answer within " + patience);
        }
    }
}
