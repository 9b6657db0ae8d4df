package io.prism.bench;

import io.prism.bench.report.Metric;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what is going on: on a terminal a line that is rewritten twice a second, elsewhere one line
 * for each round that has ended. Used by the run's thread.
 */
final class Progress implements AutoCloseable {
    private static final String REWRITE = "\r\033[K";

    private final PrintWriter out;
    private final boolean interactive;
    private final @Nullable ScheduledExecutorService ticker;
    private volatile @Nullable Phase phase;

    private record Phase(String what, String unit, LongSupplier count, long startNanos) {
        String line() {
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            long now = count.getAsLong();
            return what
                    + "  "
                    + Math.round(seconds)
                    + " s  "
                    + Metric.format((double) now)
                    + " "
                    + unit
                    + "  "
                    + Metric.format((double) now / Math.max(seconds, 0.001))
                    + "/s";
        }
    }

    /**
     * @param interactive whether a line can be rewritten
     */
    Progress(PrintWriter out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
        this.ticker =
                interactive
                        ? Executors.newSingleThreadScheduledExecutor(
                                Thread.ofPlatform().daemon().name("bench-progress").factory())
                        : null;
        if (ticker != null) {
            var _ = ticker.scheduleAtFixedRate(this::tick, 500, 500, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Something begins that counts; it lasts until the next one begins or a line is said.
     *
     * @param unit of what is counted
     */
    void begin(String what, String unit, LongSupplier count) {
        phase = new Phase(what, unit, count, System.nanoTime());
    }

    /** A line that stays. */
    void say(String line) {
        phase = null;
        print((interactive ? REWRITE : "") + line + System.lineSeparator());
    }

    private void tick() {
        Phase current = phase;
        if (current != null) {
            print(REWRITE + current.line());
        }
    }

    private synchronized void print(String text) {
        out.print(text);
        out.flush();
    }

    @Override
    public void close() {
        phase = null;
        if (ticker != null) {
            ticker.shutdownNow();
            try {
                var _ =
                        ticker.awaitTermination(
                                Duration.ofSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
