package io.prism.core.database;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How much may go on at once in each database. Whoever waits for a place waits in line, and no
 * longer than its own time. Thread-safe.
 */
public final class Places {
    private final int most;
    private final Duration patience;
    private final String what;
    private final String where;
    private final Map<String, Semaphore> free = new ConcurrentHashMap<>();

    /**
     * @param most at once in one database
     * @param patience how long one waits for another's end, at most
     * @param what for the error: {@code reads}
     * @param where for the error: {@code are under way}
     */
    public Places(int most, Duration patience, String what, String where) {
        this.most = most;
        this.patience = patience;
        this.what = what;
        this.where = where;
    }

    /**
     * Blocks.
     *
     * @param left how long whoever asks can wait
     * @return holds the place until it is released
     * @throws PrismException OVERLOADED if none becomes free in time, or CANCELLED
     */
    public Semaphore take(String database, Duration left) {
        Semaphore place = free.computeIfAbsent(database, name -> new Semaphore(most, true));
        Duration wait = left.compareTo(patience) < 0 ? left : patience;
        try {
            if (!place.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new PrismException(
                                ErrorCode.OVERLOADED,
                                "as many "
                                        + what
                                        + " as allowed ("
                                        + most
                                        + ") "
                                        + where
                                        + " in database "
                                        + database
                                        + "; try again in a moment")
                        .with("database", database)
                        .with("limit", most);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
        }
        return place;
    }

    /** How many are held. */
    public int taken() {
        return free.values().stream().mapToInt(place -> most - place.availablePermits()).sum();
    }
}
