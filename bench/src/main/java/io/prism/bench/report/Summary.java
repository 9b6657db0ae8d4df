package io.prism.bench.report;

import java.util.Arrays;
import java.util.List;

/** The middle and the extremes of a few rounds. */
public record Summary(double median, double min, double max) {

    /**
     * @throws IllegalArgumentException if there are no values
     */
    public static Summary of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a summary needs at least one round");
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median =
                sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Summary(median, sorted[0], Arrays.stream(sorted).max().orElseThrow());
    }

    /** {@code median (min – max)}. */
    @Override
    public String toString() {
        return Metric.format(median) + " (" + Metric.format(min) + " – " + Metric.format(max) + ")";
    }
}
