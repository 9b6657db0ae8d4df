package io.prism.gateway.pattern;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.prism.gateway.metrics.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A namespace's patterns, composed in order around the backend. Thread-safe. */
public final class PatternChain implements AutoCloseable {
    private final List<Pattern> patterns;
    private final List<Timer> timers;
    private final PublishStage first;

    /**
     * @param patterns outermost first
     * @param backend hands a message to the log; called in the order of the messages' slots
     */
    public PatternChain(
            String namespace, List<Pattern> patterns, PublishStage backend, MeterRegistry meters) {
        this.patterns = List.copyOf(patterns);
        this.timers =
                patterns.stream()
                        .map(
                                pattern ->
                                        Metric.CHAIN_DURATION.timer(
                                                meters,
                                                "namespace",
                                                namespace,
                                                "pattern",
                                                pattern.metadata().name()))
                        .toList();
        PublishStage stage = message -> message.slot().handOff(() -> backend.publish(message));
        // From the inside out: each pattern wraps the stage made before it.
        for (int i = patterns.size() - 1; i >= 0; i--) {
            stage = wrap(patterns.get(i), timers.get(i), stage);
        }
        this.first = stage;
    }

    /**
     * Sends a message through the chain. Its place in its stream is kept, also when a pattern
     * fails.
     */
    public CompletableFuture<Receipt> publish(Outgoing message) {
        CompletableFuture<Receipt> receipt;
        try {
            receipt = first.publish(message);
        } catch (RuntimeException e) {
            receipt = CompletableFuture.failedFuture(e);
        }
        if (receipt.isCompletedExceptionally()) {
            message.slot().release();
            return receipt;
        }
        return patterns.isEmpty()
                ? receipt
                : receipt.whenComplete((done, failure) -> message.slot().release());
    }

    /** Takes a record back through the chain, in reverse. */
    public CompletableFuture<Incoming> consume(Incoming message) {
        CompletableFuture<Incoming> result = CompletableFuture.completedFuture(message);
        for (int i = patterns.size() - 1; i >= 0; i--) {
            Pattern pattern = patterns.get(i);
            result = result.thenCompose(pattern::consume);
        }
        return result;
    }

    /** As written into records: {@code outbox@1,claim-check@1}. */
    public String label() {
        return patterns.stream().map(p -> p.metadata().label()).collect(Collectors.joining(","));
    }

    public void maintain() {
        patterns.forEach(Pattern::maintain);
    }

    @Override
    public void close() {
        new ArrayList<>(patterns).forEach(Pattern::close);
    }

    /** The time until the pattern passes the message on is the pattern's own. */
    private static PublishStage wrap(Pattern pattern, Timer timer, PublishStage next) {
        PublishStage timedNext =
                message -> {
                    timer.record(message.enterStage(System.nanoTime()), TimeUnit.NANOSECONDS);
                    return next.publish(message);
                };
        return message -> {
            message.enterStage(System.nanoTime());
            return pattern.publish(message, timedNext);
        };
    }
}
