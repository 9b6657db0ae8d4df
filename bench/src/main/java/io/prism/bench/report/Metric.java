package io.prism.bench.report;

import java.util.Locale;

/**
 * Something a round yields as one number.
 *
 * @param label such as {@code p99 at 10,000/s}
 * @param unit such as {@code ms}
 */
public record Metric(String label, String unit) {

    /** A value as people read it: three significant digits at least, thousands separated. */
    public static String format(double value) {
        double size = Math.abs(value);
        String pattern = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, pattern, value);
    }
}
