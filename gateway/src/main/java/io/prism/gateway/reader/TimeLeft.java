package io.prism.gateway.reader;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Until when a read must be done.
 *
 * @param deadline by the clock
 * @param nanos a clock that only goes forward
 */
record TimeLeft(long deadline, Duration whole, LongSupplier nanos) {

    /**
     * @param callLeft until the call's own deadline, if it has one
     */
    static TimeLeft of(
            Duration otherwise, Duration longest, Optional<Duration> callLeft, LongSupplier nanos) {
        Duration asked = callLeft.orElse(otherwise);
        Duration whole = asked.compareTo(longest) < 0 ? asked : longest;
        return new TimeLeft(nanos.getAsLong() + whole.toNanos(), whole, nanos);
    }

    /** What is left; throws READ_TIMEOUT where nothing is. */
    Duration left(String doing) {
        long left = deadline - nanos.getAsLong();
        if (left <= 0) {
            throw late(doing, null);
        }
        return Duration.ofNanos(left);
    }

    /** The same, but not more than so long from now. */
    TimeLeft atMost(Duration most) {
        long sooner = nanos.getAsLong() + most.toNanos();
        return sooner - deadline < 0 ? new TimeLeft(sooner, most, nanos) : this;
    }

    /** What is left, as {@code statement_timeout} takes it. */
    String millis(String doing) {
        return Long.toString(Math.max(1, left(doing).toMillis()));
    }

    PrismException late(String doing, @Nullable Throwable cause) {
        return new PrismException(
                        ErrorCode.READ_TIMEOUT,
                        "the call had "
                                + whole.toMillis()
                                + " ms and was "
                                + doing
                                + " when they were over; ask for less, or give it more time",
                        cause)
                .with("timeout", whole);
    }
}
