package io.prism.core.id;

import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Makes UUIDv7 identifiers (RFC 9562): 48 bits of Unix milliseconds, then a 12-bit counter within
 * the millisecond, then 62 random bits. Ids made by one instance are strictly increasing as text,
 * also when the clock steps back; ids of different instances are ordered by their clocks.
 * Thread-safe and lock-free.
 */
public final class TimeOrderedIds {
    private static final int COUNTER_BITS = 12;

    private final Clock clock;
    private final RandomGenerator random;
    private final AtomicLong last = new AtomicLong();

    /**
     * @param random must be thread-safe; a {@link java.security.SecureRandom} where ids must not be
     *     guessable
     */
    public TimeOrderedIds(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** The next id; larger than every earlier one of this instance. */
    public UUID next() {
        long now = clock.millis() << COUNTER_BITS;
        long tick = last.updateAndGet(previous -> Math.max(previous + 1, now));
        long millis = tick >>> COUNTER_BITS;
        long counter = tick & 0xFFF;
        long high = millis << 16 | 0x7000 | counter;
        long low = random.nextLong() >>> 2 | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /**
     * When the id was made, to the millisecond.
     *
     * @throws IllegalArgumentException if the id is not a UUIDv7
     */
    public static Instant instantOf(UUID id) {
        if (id.version() != 7) {
            throw new IllegalArgumentException("not a UUIDv7: " + id);
        }
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }

    /** The smallest id of that millisecond: everything older sorts before its text. */
    public static UUID lowestAt(Instant instant) {
        return new UUID(instant.toEpochMilli() << 16 | 0x7000, 0x8000_0000_0000_0000L);
    }
}
