package io.prism.bench.report;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** One metric, Prism beside its baseline. */
public record Row(
        Metric metric, Summary prism, Optional<Summary> baseline, Optional<Budget> budget) {

    /** Prism's median divided by the baseline's; empty where that says nothing. */
    public OptionalDouble ratio() {
        return baseline.isPresent() && baseline.get().median() > 0
                ? OptionalDouble.of(prism.median() / baseline.get().median())
                : OptionalDouble.empty();
    }

    /** Empty where there is no budget. */
    public Optional<Boolean> met() {
        return budget.map(it -> it.metBy(prism, baseline));
    }

    /** {@code 0.83 ×}, or a dash. */
    String ratioText() {
        OptionalDouble ratio = ratio();
        return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f ×", ratio.getAsDouble()) : "–";
    }

    /** {@code met}, {@code missed}, or a dash; nothing is met in a scenario that failed. */
    String verdict(boolean failed) {
        return met().map(met -> failed ? "FAILED" : met ? "met" : "missed").orElse("–");
    }
}
