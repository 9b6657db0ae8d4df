package io.prism.gateway.transact;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.v1.TransactionOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Until when a transaction must be done.
 *
 * @param deadline by the clock
 * @param nanos a clock that only goes forward
 */
record Bounds(long deadline, Duration whole, LongSupplier nanos) {

    /**
     * @param otherwise where the options say nothing
     * @param callLeft until the call's own deadline, if it has one
     */
    static Bounds of(
            TransactionOptions options,
            Duration otherwise,
            Duration longest,
            Optional<Duration> callLeft,
            LongSupplier nanos) {
        Duration asked = otherwise;
        if (options.hasTimeout()) {
            asked =
                    Duration.ofSeconds(
                            options.getTimeout().getSeconds(), options.getTimeout().getNanos());
            if (asked.isNegative() || asked.isZero() || asked.compareTo(longest) > 0) {
                throw PrismException.ofField(
                                ErrorCode.FIELD_INVALID,
                                "options.timeout",
                                "a transaction's timeout is more than nothing and at most "
                                        + longest.toSeconds()
                                        + " s")
                        .with("limit", longest);
            }
        }
        Duration whole = asked;
        Duration shorter = callLeft.filter(left -> left.compareTo(whole) < 0).orElse(whole);
        return new Bounds(nanos.getAsLong() + shorter.toNanos(), shorter, nanos);
    }

    /** What is left; throws TRANSACTION_TIMEOUT where nothing is. */
    Duration left(String doing) {
        long left = deadline - nanos.getAsLong();
        if (left <= 0) {
            throw late(doing);
        }
        return Duration.ofNanos(left);
    }

    PrismException late(String doing) {
        return new PrismException(
                        ErrorCode.TRANSACTION_TIMEOUT,
                        "the transaction had "
                                + whole.toMillis()
                                + " ms and was "
                                + doing
                                + " when they were over; nothing was written")
                .with("timeout", whole);
    }
}
