package io.prism.gateway.publish;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The payload bytes of publishes in flight, bounded for the whole gateway so that overload is
 * answered, not died of. Thread-safe.
 */
public final class PublishLimits {
    private final long limit;
    private final AtomicLong inFlight = new AtomicLong();

    /**
     * @param limit bytes; a single message may exceed it when nothing else is in flight
     */
    public PublishLimits(long limit) {
        this.limit = limit;
    }

    /**
     * Takes the bytes, to be given back with {@link #release}; throws OVERLOADED if they do not
     * fit.
     */
    public void acquire(long bytes) {
        long before = inFlight.getAndAdd(bytes);
        if (before > 0 && before + bytes > limit) {
            inFlight.addAndGet(-bytes);
            throw new PrismException(
                            ErrorCode.OVERLOADED,
                            "the gateway has "
                                    + before
                                    + " payload bytes in flight, and takes "
                                    + limit
                                    + " at most; try again in a moment")
                    .with("limit", limit);
        }
    }

    public void release(long bytes) {
        inFlight.addAndGet(-bytes);
    }

    public long inFlight() {
        return inFlight.get();
    }

    /** Whether a stream may read on. */
    public boolean hasRoom() {
        return inFlight.get() < limit / 2;
    }
}
