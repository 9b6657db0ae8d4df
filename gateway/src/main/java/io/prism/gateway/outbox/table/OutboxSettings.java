package io.prism.gateway.outbox.table;

import java.time.Duration;

/**
 * How outbox tables are written.
 *
 * @param timeout how long a row may wait for its commit before it fails with DATABASE_UNAVAILABLE
 * @param batchRows rows committed together at most
 * @param batchBytes their bytes; a single row may have more
 * @param queuedRows rows that wait for one table at most; further ones are refused with OVERLOADED
 * @param queuedBytes their bytes
 * @param pause between attempts while the database is away
 * @param sampling how often the database is asked what is pending
 */
public record OutboxSettings(
        Duration timeout,
        int batchRows,
        long batchBytes,
        int queuedRows,
        long queuedBytes,
        Duration pause,
        Duration sampling) {

    /**
     * @param heap the process's, of which what waits takes an eighth at most
     */
    public static OutboxSettings of(Duration timeout, long heap) {
        return new OutboxSettings(
                timeout,
                1_000,
                8 << 20,
                100_000,
                Math.min(64L << 20, heap / 8),
                Duration.ofMillis(100),
                Duration.ofSeconds(3));
    }
}
