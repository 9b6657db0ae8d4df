package io.prism.connectors.reconcile;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The namespaces as they are now, not as they were when somebody last told of them. */
final class Knowledge {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration GLANCE = Duration.ofMillis(20);

    private final Supplier<KnownNamespaces> namespaces;
    private final Clock clock;

    Knowledge(Supplier<KnownNamespaces> namespaces, Clock clock) {
        this.namespaces = namespaces;
        this.clock = clock;
    }

    /**
     * Everything that was written before this call is in the answer; blocks for it.
     *
     * @throws PrismException BACKEND_UNAVAILABLE if that takes too long
     */
    KnownNamespaces now() {
        Instant asked = clock.instant();
        Instant deadline = asked.plus(PATIENCE);
        while (true) {
            KnownNamespaces known = namespaces.get();
            if (!known.upTo().isBefore(asked)) {
                return known;
            }
            if (clock.instant().isAfter(deadline)) {
                throw new PrismException(
                        ErrorCode.BACKEND_UNAVAILABLE,
                        "the namespaces are known only up to " + known.upTo() + "; is Kafka well?");
            }
            try {
                TimeUnit.NANOSECONDS.sleep(GLANCE.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
            }
        }
    }
}
