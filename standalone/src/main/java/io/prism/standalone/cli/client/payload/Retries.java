package io.prism.standalone.cli.client.payload;

import io.grpc.Status;
import io.grpc.StatusException;
import io.prism.standalone.cli.client.server.ServerError;
import java.time.Duration;

/**
 * How a broken transfer goes on: attempts in a row without a single byte of progress, and the pause
 * before the first of them, doubled each time.
 */
public record Retries(int attempts, Duration firstPause) {
    /** Rides out the restart of a gateway: about half a minute. */
    public static final Retries DEFAULT = new Retries(8, Duration.ofMillis(125));

    /** Whether going on from the same place may succeed. */
    boolean sensible(StatusException failure) {
        ServerError error = ServerError.of(failure.getStatus(), failure.getTrailers());
        Status.Code code = error.status();
        if (code == Status.Code.UNAVAILABLE || code == Status.Code.ABORTED) {
            return true;
        }
        // A stream that was reset by something between the two sides carries no reason of Prism's.
        return error.reason().equals("OVERLOADED")
                || (error.reason().isEmpty()
                        && (code == Status.Code.INTERNAL || code == Status.Code.UNKNOWN));
    }

    /**
     * @param attempt 1 for the first
     */
    void pauseBefore(int attempt) throws InterruptedException {
        Thread.sleep(firstPause.multipliedBy(1L << (attempt - 1)));
    }
}
