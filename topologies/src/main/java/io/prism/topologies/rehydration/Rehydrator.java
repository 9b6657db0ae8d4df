package io.prism.topologies.rehydration;

import io.prism.core.claim.Claim;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.record.RecordFormat;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns claims into outcomes. What may be there later (storage that is down, or refuses) is tried
 * until it is there or the outcome is cancelled; what will never be there is an outcome of its own.
 * Thread-safe.
 */
final class Rehydrator {
    private static final Logger log = LoggerFactory.getLogger(Rehydrator.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Executor blocking;
    private final Duration urlValidity;
    private final Duration firstPause;
    private final RehydrationMetrics metrics;

    /**
     * @param blocking runs work that waits, a thread each
     * @param urlValidity how long the URLs of payloads that stay in storage can be used
     * @param firstPause before the first repetition; each further one waits twice as long
     */
    Rehydrator(
            Executor blocking,
            Duration urlValidity,
            Duration firstPause,
            RehydrationMetrics metrics) {
        this.blocking = blocking;
        this.urlValidity = urlValidity;
        this.firstPause = firstPause;
        this.metrics = metrics;
    }

    /** Whether the record's payload is elsewhere. */
    static boolean isClaim(Headers headers) {
        return headers.lastHeader(RecordFormat.CLAIM_ID) != null;
    }

    /** How many bytes the outcome of these headers will take; 0 where no payload will be loaded. */
    static long bytesOf(Route route, Headers headers) {
        try {
            return claim(headers)
                    .map(Claim::size)
                    .filter(size -> size <= route.maxSize())
                    .orElse(0L);
        } catch (PrismException unreadable) {
            return 0;
        }
    }

    private static Optional<Claim> claim(Headers headers) {
        return RecordFormat.read(headers, null).claim();
    }

    /** An outcome being found; when the future is done, nothing runs for it any more. */
    static final class Attempt {
        private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        private volatile boolean abandoned;

        CompletableFuture<Outcome> outcome() {
            return outcome;
        }

        /** Nobody wants it any more; the future is cancelled once what runs has ended. */
        void abandon() {
            abandoned = true;
        }
    }

    /** Begins. The headers must be those of a claim. */
    Attempt begin(Route route, Headers headers) {
        Attempt attempt = new Attempt();
        blocking.execute(
                () -> {
                    try {
                        attempt.outcome.complete(untilKnown(route, headers, attempt));
                    } catch (InterruptedException given) {
                        attempt.outcome.cancel(false);
                    } catch (Error failure) {
                        attempt.outcome.completeExceptionally(failure);
                    }
                });
        return attempt;
    }

    private Outcome untilKnown(Route route, Headers headers, Attempt attempt)
            throws InterruptedException {
        Duration pause = firstPause;
        while (!attempt.abandoned) {
            try {
                return once(route, claim(headers).orElseThrow(), attempt);
            } catch (PrismException failure) {
                metrics.failed(route.namespace(), failure.code());
                if (!mayComeBack(failure.code())) {
                    return new Outcome.Unavailable(failure.code());
                }
                log.atWarn()
                        .setMessage("a payload cannot be loaded now; trying again")
                        .addKeyValue("topic", route.source())
                        .addKeyValue("pause_ms", pause.toMillis())
                        .setCause(failure)
                        .log();
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
                pause = pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            } catch (RuntimeException bug) {
                log.atError()
                        .setMessage("a payload could not be loaded; its claim goes on without it")
                        .addKeyValue("topic", route.source())
                        .setCause(bug)
                        .log();
                metrics.failed(route.namespace(), ErrorCode.INTERNAL);
                return new Outcome.Unavailable(ErrorCode.INTERNAL);
            }
        }
        throw new InterruptedException("nobody waits for the outcome");
    }

    private Outcome once(Route route, Claim claim, Attempt attempt) throws InterruptedException {
        if (claim.size() > route.maxSize()) {
            return new Outcome.Elsewhere(route.store().presign(claim, urlValidity), urlValidity);
        }
        route.downloads().acquire();
        try {
            if (attempt.abandoned) {
                throw new InterruptedException("nobody waits for the outcome");
            }
            return new Outcome.Whole(route.store().load(claim).join());
        } catch (CompletionException failure) {
            throw failure.getCause() instanceof PrismException known
                    ? known
                    : new PrismException(ErrorCode.INTERNAL, "loading a payload failed", failure);
        } finally {
            route.downloads().release();
        }
    }

    /** A refusal (credentials, a bucket that is not there) is the operator's to mend. */
    private static boolean mayComeBack(ErrorCode code) {
        return code.retryable() || code == ErrorCode.STORAGE_REFUSED || code == ErrorCode.CANCELLED;
    }
}
