package io.prism.standalone.cli.client.demo;

import io.grpc.StatusException;
import java.time.Duration;
import java.util.function.Predicate;

/** Looks again and again until something is as expected, or the patience ends. */
final class Eventually {
    private static final Duration POLL = Duration.ofMillis(100);

    private Eventually() {}

    /** A look at something that changes. */
    @FunctionalInterface
    interface Look<T> {
        T now() throws StatusException, InterruptedException;
    }

    /** The first that is as expected, or the last that was seen; blocks. */
    static <T> T see(Look<T> look, Predicate<T> expected, Duration patience)
            throws StatusException, InterruptedException {
        return see(look, expected, patience, POLL);
    }

    /** The same, with a pause of its own between looks. */
    static <T> T see(Look<T> look, Predicate<T> expected, Duration patience, Duration pause)
            throws StatusException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        T seen = look.now();
        while (!expected.test(seen) && System.nanoTime() < end) {
            Thread.sleep(pause);
            seen = look.now();
        }
        return seen;
    }

    /** Whether it was as expected all the while; blocks for that time, or until it is not. */
    static <T> boolean stays(Look<T> look, Predicate<T> expected, Duration time)
            throws StatusException, InterruptedException {
        return expected.test(see(look, expected.negate(), time));
    }
}
