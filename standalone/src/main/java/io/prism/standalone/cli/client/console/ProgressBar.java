package io.prism.standalone.cli.client.console;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * One line that says how far something is: bytes, rate and, where the end is known, a bar and the
 * time left. Redrawn at most ten times a second, first after a quarter of a second, so that short
 * work shows nothing. Thread-safe.
 */
public final class ProgressBar implements AutoCloseable {
    private static final long FIRST_NANOS = 250_000_000L;
    private static final long EVERY_NANOS = 100_000_000L;
    private static final int WIDTH = 24;

    private final PrintWriter out;
    private final boolean shown;
    private final String label;
    private final OptionalLong total;
    private final LongFunction<String> amount;
    private final LongSupplier nanoTime;
    private final long start;
    private long done;
    private long nextDraw;
    private int drawn;

    private ProgressBar(
            PrintWriter out,
            boolean shown,
            String label,
            OptionalLong total,
            LongFunction<String> amount,
            LongSupplier nanoTime) {
        this.out = out;
        this.shown = shown;
        this.label = label;
        this.total = total;
        this.amount = amount;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.nextDraw = start + FIRST_NANOS;
    }

    /**
     * @param shown false draws nothing: where no person reads
     * @param total bytes to do, empty where unknown
     */
    public static ProgressBar of(PrintWriter out, boolean shown, String label, OptionalLong total) {
        return of(out, shown, label, total, System::nanoTime);
    }

    static ProgressBar of(
            PrintWriter out,
            boolean shown,
            String label,
            OptionalLong total,
            LongSupplier nanoTime) {
        return new ProgressBar(out, shown, label, total, Units::humanBytes, nanoTime);
    }

    /**
     * For things in place of bytes.
     *
     * @param total things to do
     */
    public static ProgressBar counting(
            PrintWriter out, boolean shown, String label, OptionalLong total) {
        return new ProgressBar(
                out,
                shown,
                label,
                total,
                count -> String.format(Locale.ROOT, "%,d", count),
                System::nanoTime);
    }

    /** Adds to what is done. */
    public synchronized void advance(long bytes) {
        done += bytes;
        long now = nanoTime.getAsLong();
        if (shown && now - nextDraw >= 0) {
            nextDraw = now + EVERY_NANOS;
            draw(now);
        }
    }

    /** What is done so far. */
    public synchronized long done() {
        return done;
    }

    public Duration elapsed() {
        return Duration.ofNanos(nanoTime.getAsLong() - start);
    }

    private void draw(long now) {
        String line = "\r" + describe(Math.max(1, now - start));
        out.print(line + " ".repeat(Math.max(0, drawn - line.length())));
        out.flush();
        drawn = line.length();
    }

    private String describe(long nanos) {
        double perSecond = done * 1e9 / nanos;
        String rate = amount.apply(Math.round(perSecond)) + "/s";
        if (total.isEmpty() || total.getAsLong() == 0) {
            return label + "  " + amount.apply(done) + "  " + rate;
        }
        long all = total.getAsLong();
        double part = Math.min(1, (double) done / all);
        int filled = (int) (part * WIDTH);
        String bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
        Duration left = Duration.ofSeconds(Math.round((all - done) / Math.max(1, perSecond)));
        return String.format(
                Locale.ROOT,
                "%s %s %3.0f%%  %s of %s  %s  %s left",
                label,
                bar,
                part * 100,
                amount.apply(done),
                amount.apply(all),
                rate,
                Units.human(left));
    }

    /** Takes the line away, so that something else can be printed there. */
    public synchronized void clear() {
        if (drawn > 0) {
            out.print("\r" + " ".repeat(drawn) + "\r");
            out.flush();
            drawn = 0;
        }
    }

    /** What was done is reported by the caller. */
    @Override
    public void close() {
        clear();
    }
}
