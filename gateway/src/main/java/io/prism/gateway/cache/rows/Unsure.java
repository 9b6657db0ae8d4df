package io.prism.gateway.cache.rows;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Keys that Redis may have an old value of, because it did not confirm an invalidation. Whoever
 * made it known repeats it; a key is sure again once an invalidation is confirmed that began after
 * the one that was not. Thread-safe.
 */
final class Unsure {
    /** With more, every key is unsure instead. */
    static final int MOST = 1_000;

    private static final long LONGEST_MILLIS = 800;

    private final AtomicLong turns = new AtomicLong();
    private final AtomicLong all = new AtomicLong();
    private final Map<String, Long> keys = new ConcurrentHashMap<>();

    boolean holds(String key) {
        // All are unsure before a key is forgotten for it.
        return keys.containsKey(key) || all();
    }

    /** Whether every key is unsure, which only {@link #toldAll} ends. */
    boolean all() {
        return all.get() > 0;
    }

    /**
     * Invalidates keys, which are unsure before it is known to have failed.
     *
     * @param invalidation begun here, so that its turn comes first
     */
    CompletableFuture<Void> told(
            List<String> changed, Supplier<CompletableFuture<Void>> invalidation) {
        long turn = turns.incrementAndGet();
        return bounded(invalidation.get())
                .whenComplete(
                        (done, failure) -> {
                            if (failure != null) {
                                failed(changed, turn);
                            } else {
                                changed.forEach(
                                        key ->
                                                keys.computeIfPresent(
                                                        key,
                                                        (same, since) ->
                                                                since < turn ? null : since));
                            }
                        });
    }

    private synchronized void failed(List<String> changed, long turn) {
        changed.forEach(key -> keys.merge(key, turn, Math::max));
        if (keys.size() > MOST) {
            all.accumulateAndGet(turns.get(), Math::max);
            keys.clear();
        }
    }

    /** The same of all keys there may be. */
    CompletableFuture<Void> toldAll(Supplier<CompletableFuture<Void>> invalidation) {
        long turn = turns.incrementAndGet();
        return bounded(invalidation.get())
                .whenComplete(
                        (done, failure) -> {
                            if (failure != null) {
                                all.accumulateAndGet(turn, Math::max);
                            } else {
                                keys.values().removeIf(since -> since < turn);
                                all.updateAndGet(since -> since < turn ? 0 : since);
                            }
                        });
    }

    /** What takes too long has failed; the writer is answered soon. */
    private static CompletableFuture<Void> bounded(CompletableFuture<Void> outcome) {
        return outcome.copy().orTimeout(LONGEST_MILLIS, TimeUnit.MILLISECONDS);
    }
}
