package io.prism.core.cache;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps callers from waiting for a server that does not answer: after a few failures in a row no
 * call is let through for a pause, then one at a time, until one succeeds. Thread-safe.
 */
final class Breaker {
    /** Failures in a row. */
    static final int THRESHOLD = 5;

    static final Duration PAUSE = Duration.ofMillis(500);

    private final LongSupplier nanos;
    private int failures;
    private boolean trying;
    private long openUntil;

    /**
     * @param nanos a clock that never goes back
     */
    Breaker(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Whether a call may be made; one that may must be followed by its outcome. */
    synchronized boolean permit() {
        if (failures < THRESHOLD) {
            return true;
        }
        if (trying || nanos.getAsLong() - openUntil < 0) {
            return false;
        }
        trying = true;
        return true;
    }

    /**
     * @return whether this closes the breaker
     */
    synchronized boolean succeeded() {
        boolean closes = failures >= THRESHOLD;
        failures = 0;
        trying = false;
        return closes;
    }

    /**
     * @return whether this opens the breaker
     */
    synchronized boolean failed() {
        trying = false;
        failures = Math.min(failures + 1, THRESHOLD + 1);
        openUntil = nanos.getAsLong() + PAUSE.toNanos();
        return failures == THRESHOLD;
    }

    synchronized boolean open() {
        return failures >= THRESHOLD;
    }
}
