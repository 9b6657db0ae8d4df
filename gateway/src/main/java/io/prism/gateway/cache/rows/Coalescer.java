package io.prism.gateway.cache.rows;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers who want the same thing share one load each turn, without giving anybody what was
 * loaded before they asked: who comes during a load is served by the next one. Thread-safe; blocks.
 *
 * @param <T> what is loaded
 */
final class Coalescer<T> {
    private final Map<String, Turns<T>> turns = new HashMap<>();

    /** One key's: at most one load runs and one waits for it. */
    private static final class Turns<T> {
        private @Nullable Turn<T> running;
        private @Nullable Turn<T> next;
    }

    private static final class Turn<T> {
        private final CompletableFuture<Boolean> go = new CompletableFuture<>();
        private final CompletableFuture<T> result = new CompletableFuture<>();
    }

    /** What a caller does: load, at once or when it is its turn; or take what another one loads. */
    private record Part<T>(Turn<T> turn, boolean loads) {}

    /**
     * @param loader may fail with what is then this caller's failure; others load for themselves
     * @param patienceMillis how long to wait for others before loading oneself
     */
    T load(String key, Supplier<T> loader, long patienceMillis) {
        Part<T> part = part(key);
        if (part.loads()) {
            return loadNow(key, part.turn(), loader, patienceMillis);
        }
        try {
            // Its turn begins after one load and ends after another.
            return part.turn().result.get(2 * patienceMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException othersFailed) {
            return loader.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return loader.get();
        }
    }

    private synchronized Part<T> part(String key) {
        Turns<T> its = turns.computeIfAbsent(key, made -> new Turns<>());
        if (its.running == null) {
            its.running = new Turn<>();
            its.running.go.complete(true);
            return new Part<>(its.running, true);
        }
        if (its.next == null) {
            its.next = new Turn<>();
            return new Part<>(its.next, true);
        }
        return new Part<>(its.next, false);
    }

    private T loadNow(String key, Turn<T> turn, Supplier<T> loader, long patienceMillis) {
        try {
            turn.go.get(patienceMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException tooLong) {
            // The one before is slow; this turn runs beside it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        begin(key, turn);
        try {
            T loaded = loader.get();
            turn.result.complete(loaded);
            return loaded;
        } catch (RuntimeException | Error e) {
            turn.result.completeExceptionally(e);
            throw e;
        } finally {
            end(key, turn);
        }
    }

    /** Nobody joins a turn that has begun. */
    private synchronized void begin(String key, Turn<T> turn) {
        Turns<T> its = turns.get(key);
        if (its != null && its.next == turn) {
            its.next = null;
            its.running = turn;
        }
    }

    private synchronized void end(String key, Turn<T> turn) {
        Turns<T> its = turns.get(key);
        if (its == null || its.running != turn) {
            return;
        }
        its.running = its.next;
        its.next = null;
        if (its.running == null) {
            turns.remove(key);
        } else {
            its.running.go.complete(true);
        }
    }

    /** Keys with a load under way. */
    synchronized int size() {
        return turns.size();
    }
}
