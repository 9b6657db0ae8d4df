package io.prism.bench;

import io.prism.bench.load.Meter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** One timed round of one side: its meters, and what was wrong with it. Used by one thread. */
final class Round {
    private final String scenario;
    private final String side;
    private final String label;
    private final boolean warmup;
    private final Duration duration;
    private final Progress progress;
    private final List<Meter> meters = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * @param label unlike that of any other round of this side; {@code w} for the warm-up
     */
    Round(
            String scenario,
            String side,
            String label,
            boolean warmup,
            Duration duration,
            Progress progress) {
        this.scenario = scenario;
        this.side = side;
        this.label = label;
        this.warmup = warmup;
        this.duration = duration;
        this.progress = progress;
    }

    /** For what is made in this round: the scenario's name and the round's. */
    String suffix() {
        return scenario + "-" + label;
    }

    boolean warmup() {
        return warmup;
    }

    Duration duration() {
        return duration;
    }

    /** A meter whose failures count against this round; shows in the progress from now on. */
    Meter meter(String phase) {
        Meter meter = new Meter();
        meters.add(meter);
        watch(phase, "answers", meter::acknowledgedCount);
        return meter;
    }

    /** Shows a phase in the progress. */
    void watch(String phase, String unit, LongSupplier count) {
        progress.begin(this + ": " + phase, unit, count);
    }

    /** The scenario has failed for this reason. */
    void problem(String why) {
        problems.add(this + ": " + why);
    }

    /** Every acknowledged message must be a record, and every record an acknowledged message. */
    void verifyRecords(long records) {
        long acknowledged = acknowledged();
        if (records != acknowledged) {
            problem(
                    "the topic holds "
                            + records
                            + " records, but "
                            + acknowledged
                            + " publishes were acknowledged");
        }
    }

    long acknowledged() {
        return meters.stream().mapToLong(Meter::acknowledgedCount).sum();
    }

    long failed() {
        return meters.stream().mapToLong(Meter::failedCount).sum();
    }

    /** What was wrong, failures included. */
    List<String> problems() {
        List<String> all = new ArrayList<>();
        for (Meter meter : meters) {
            if (meter.failedCount() > 0) {
                all.add(this + ": " + meter.failedCount() + " failed: " + meter.reasons());
            } else if (meter.acknowledgedCount() == 0) {
                all.add(this + ": nothing was acknowledged");
            }
        }
        all.addAll(problems);
        return all;
    }

    @Override
    public String toString() {
        return scenario + ", " + side + ", " + (warmup ? "warm-up" : "round " + label);
    }
}
