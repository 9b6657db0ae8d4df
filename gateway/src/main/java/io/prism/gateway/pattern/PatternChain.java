package io.prism.gateway.pattern;

import io.micrometer.core.instrument.Timer;
import io.prism.core.record.RecordFormat;
import io.prism.core.trace.Trace;
import io.prism.gateway.metrics.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A namespace's patterns, composed in order around the backend. Thread-safe. */
public final class PatternChain implements AutoCloseable {
    private final List<Pattern> patterns;
    private final List<Timer> timers;
    private final PublishStage first;
    private final ChainWatch watch;

    /**
     * @param patterns outermost first
     * @param backend hands a message to the log; called in the order of the messages' slots
     */
    public PatternChain(
            String namespace, List<Pattern> patterns, PublishStage backend, ChainWatch watch) {
        this.watch = watch;
        this.patterns = List.copyOf(patterns);
        this.timers =
                patterns.stream()
                        .map(
                                pattern ->
                                        Metric.CHAIN_DURATION.timer(
                                                watch.meters(),
                                                "namespace",
                                                namespace,
                                                "pattern",
                                                pattern.metadata().name()))
                        .toList();
        boolean spans = watch.spans() && watch.traces().on();
        PublishStage stage = message -> message.slot().handOff(() -> backend.publish(message));
        // From the inside out: each pattern wraps the stage made before it.
        for (int i = patterns.size() - 1; i >= 0; i--) {
            stage = wrap(patterns.get(i), timers.get(i), spans, stage);
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
        CompletableFuture<Incoming> result = CompletableFuture.completedFuture(continued(message));
        for (int i = patterns.size() - 1; i >= 0; i--) {
            Pattern pattern = patterns.get(i);
            result = result.thenCompose(read -> consume(pattern, read));
        }
        return result;
    }

    /** In its publisher's trace. */
    private Incoming continued(Incoming message) {
        if (!watch.traces().on() || patterns.isEmpty()) {
            return message;
        }
        Trace trace = watch.traces().after(message.head().metadata().get(RecordFormat.TRACEPARENT));
        return trace.recording() ? message.withTrace(trace) : message;
    }

    private CompletableFuture<Incoming> consume(Pattern pattern, Incoming message) {
        Trace outer = message.trace();
        // What a keeper did was undone before the message came into the log.
        if (!outer.recording() || !watch.spans() || pattern instanceof MessageKeeper) {
            return pattern.consume(message);
        }
        Trace span = outer.child(title(pattern) + ".process_consume");
        return span.during(() -> pattern.consume(message.withTrace(span)))
                .thenApply(undone -> undone.withTrace(outer));
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
    private static PublishStage wrap(
            Pattern pattern, Timer timer, boolean spans, PublishStage next) {
        PublishStage timedNext =
                message -> {
                    timer.record(message.enterStage(System.nanoTime()), TimeUnit.NANOSECONDS);
                    return next.publish(message);
                };
        PublishStage timed =
                message -> {
                    message.enterStage(System.nanoTime());
                    return pattern.publish(message, timedNext);
                };
        if (!spans) {
            return timed;
        }
        String name = title(pattern) + ".process_publish";
        return message ->
                message.trace().recording()
                        ? traced(name, pattern, message, timedNext)
                        : timed.publish(message);
    }

    /**
     * A keeper's span lasts until the message is durable, and has what comes in between inside it;
     * another pattern's ends when it passes the message on.
     */
    private static CompletableFuture<Receipt> traced(
            String name, Pattern pattern, Outgoing message, PublishStage next) {
        Trace outer = message.trace();
        Trace span = outer.child(name);
        PublishStage onward =
                pattern instanceof MessageKeeper
                        ? next
                        : passed -> {
                            span.end();
                            return next.publish(passed.withTrace(outer));
                        };
        message.enterStage(System.nanoTime());
        return span.during(() -> pattern.publish(message.withTrace(span), onward));
    }

    /** {@code claim-check} is {@code ClaimCheckPattern}, as RFC-014 calls it. */
    private static String title(Pattern pattern) {
        return Arrays.stream(pattern.metadata().name().split("-", -1))
                        .filter(word -> !word.isEmpty())
                        .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                        .collect(Collectors.joining())
                + "Pattern";
    }
}
