package io.prism.gateway.namespace;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.error.Errors;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Topics of messages that reach the log later: they are made on first use as all are, but a publish
 * does not depend on it. The first one waits a moment, so that a topic that may not be made is
 * refused; while the log cannot be reached none fails. Thread-safe.
 */
final class LaterTopics implements Function<String, String> {
    private static final long PATIENCE_MILLIS = 1_500;

    private final UnaryOperator<String> name;
    private final UnaryOperator<String> make;
    private final Executor blocking;
    private final Map<String, CompletableFuture<String>> attempts = new ConcurrentHashMap<>();

    /**
     * @param name a topic's name in the log; throws for topics outside the namespace
     * @param make the same, and makes the topic; blocks
     */
    LaterTopics(UnaryOperator<String> name, UnaryOperator<String> make, Executor blocking) {
        this.name = name;
        this.make = make;
        this.blocking = blocking;
    }

    @Override
    public String apply(String topic) {
        CompletableFuture<String> known = attempts.get(topic);
        if (known != null && known.isDone() && !known.isCompletedExceptionally()) {
            return known.join();
        }
        String logTopic = name.apply(topic);
        if (known != null && !known.isDone()) {
            return logTopic;
        }
        CompletableFuture<String> mine = new CompletableFuture<>();
        boolean first =
                known == null
                        ? attempts.putIfAbsent(topic, mine) == null
                        : attempts.replace(topic, known, mine);
        if (first) {
            blocking.execute(() -> attempt(topic, mine));
            // After a failure, only the attempt is made again.
            if (known == null || refused(known)) {
                await(mine);
            }
        }
        return logTopic;
    }

    private void attempt(String topic, CompletableFuture<String> result) {
        try {
            result.complete(make.apply(topic));
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
        }
    }

    private static boolean refused(CompletableFuture<String> attempt) {
        Throwable cause = Errors.unwrap(attempt.exceptionNow());
        return !(cause instanceof PrismException known)
                || known.code() != ErrorCode.BACKEND_UNAVAILABLE;
    }

    private static void await(CompletableFuture<String> attempt) {
        try {
            var unused = attempt.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (refused(attempt)) {
                throw e.getCause() instanceof RuntimeException cause
                        ? cause
                        : new IllegalStateException(e);
            }
        } catch (TimeoutException later) {
            // The message goes its way; the topic is made meanwhile, by the relay if need be.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "interrupted while making a topic", e);
        }
    }
}
