package io.prism.bench.load;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Counts one round of one side. Thread-safe; no allocation for what succeeds. */
public final class Meter {
    private static final long SHORTEST = TimeUnit.MICROSECONDS.toNanos(1);
    private static final long LONGEST = TimeUnit.MINUTES.toNanos(10);
    private static final int MOST_REASONS = 20;

    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Map<String, LongAdder> reasons = new ConcurrentHashMap<>();
    private final ConcurrentHistogram latencies = new ConcurrentHistogram(SHORTEST, LONGEST, 3);

    /** One operation succeeded. */
    public void acknowledged() {
        acknowledged.increment();
    }

    /** One operation succeeded after so long. */
    public void acknowledged(long nanos) {
        acknowledged.increment();
        latency(nanos);
    }

    /** Records a latency and counts nothing; beyond ten minutes it counts as ten minutes. */
    public void latency(long nanos) {
        latencies.recordValue(Math.clamp(nanos, 0, LONGEST));
    }

    /**
     * @param why the same words for the same cause, so that they can be counted
     */
    public void failed(String why) {
        failed(1, why);
    }

    public void failed(long count, String why) {
        failed.add(count);
        String reason = reasons.size() < MOST_REASONS ? why : "other reasons";
        reasons.computeIfAbsent(reason, _ -> new LongAdder()).add(count);
    }

    public long acknowledgedCount() {
        return acknowledged.sum();
    }

    public long failedCount() {
        return failed.sum();
    }

    /** {@code UNAVAILABLE: … (12), …}, the most frequent first; empty when nothing failed. */
    public String reasons() {
        return reasons.entrySet().stream()
                .sorted(Comparator.comparingLong(it -> -it.getValue().sum()))
                .map(it -> it.getKey() + " (" + it.getValue().sum() + ")")
                .collect(Collectors.joining(", "));
    }

    /** A copy of the latencies so far, in nanoseconds. */
    public Histogram latencies() {
        return latencies.copy();
    }

    /** 0 when nothing was recorded. */
    public double percentileMillis(double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1e6;
    }
}
