package io.prism.bench.report;

import java.util.Locale;
import java.util.Optional;

/** What a row must reach. */
public sealed interface Budget {

    /** At least this share of the baseline's median. */
    record ShareOfBaseline(double share) implements Budget {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "≥ %.1f ×", share);
        }
    }

    /** At most this much, in the metric's unit, whatever the baseline does. */
    record AtMost(double limit, String unit) implements Budget {
        @Override
        public String toString() {
            return "≤ " + Metric.format(limit).replaceAll("\\.0+$", "") + " " + unit;
        }
    }

    /** Whether the medians keep to it; a share without a baseline is never met. */
    default boolean metBy(Summary prism, Optional<Summary> baseline) {
        return switch (this) {
            case ShareOfBaseline budget ->
                    baseline.isPresent()
                            && prism.median() >= budget.share() * baseline.get().median();
            case AtMost budget -> prism.median() <= budget.limit();
        };
    }
}
