package io.prism.bench;

import io.prism.bench.load.Refusals;
import io.prism.bench.report.Metric;
import io.prism.bench.report.Outcome;
import io.prism.bench.report.Outcome.Counts;
import io.prism.bench.report.Row;
import io.prism.bench.report.Summary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Runs Prism and baseline by turns, so that what changes on the machine meanwhile meets both: a
 * warm-up of each, then the rounds, beginning with Prism and with the baseline alternately. Ends
 * with the first round that went wrong.
 */
final class Rounds {
    private final Scenario scenario;
    private final Settings.Timing timing;
    private final Progress progress;
    private final Map<String, Map<Metric, List<Double>>> values = new HashMap<>();
    private final Map<String, Counts> counts = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    Rounds(Scenario scenario, Settings.Timing timing, Progress progress) {
        this.scenario = scenario;
        this.timing = timing;
        this.progress = progress;
    }

    private record Turn(String name, Scenario.Side side) {}

    /** Runs the scenario; what goes wrong is in the outcome. */
    Outcome run(Scenario.Side prism, Scenario.Side baseline) throws InterruptedException {
        Turn first = new Turn("Prism", prism);
        Turn second = new Turn("baseline", baseline);
        boolean fine = round(first, "w", timing.warmup()) && round(second, "w", timing.warmup());
        for (int i = 1; fine && i <= timing.rounds(); i++) {
            String label = Integer.toString(i);
            boolean prismFirst = i % 2 == 1;
            fine =
                    round(prismFirst ? first : second, label, timing.round())
                            && round(prismFirst ? second : first, label, timing.round());
        }
        return new Outcome(
                scenario.name(),
                scenario.measures(),
                scenario.baselineName(),
                scenario.settings(),
                rows(),
                counts.getOrDefault("Prism", Counts.NONE),
                counts.getOrDefault("baseline", Counts.NONE),
                List.copyOf(problems));
    }

    private boolean round(Turn turn, String label, Duration duration) throws InterruptedException {
        boolean warmup = label.equals("w");
        Round round = new Round(scenario.name(), turn.name(), label, warmup, duration, progress);
        Map<Metric, Double> result = Map.of();
        try {
            result = turn.side().run(round);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            round.problem(words(e));
        }
        counts.merge(
                turn.name(),
                new Counts(round.acknowledged(), round.failed()),
                (all, more) -> all.plus(more.acknowledged(), more.failed()));
        problems.addAll(round.problems());
        if (!warmup) {
            Map<Metric, List<Double>> all =
                    values.computeIfAbsent(turn.name(), _ -> new HashMap<>());
            result.forEach(
                    (metric, value) ->
                            all.computeIfAbsent(metric, _ -> new ArrayList<>()).add(value));
        }
        if (round.problems().isEmpty()) {
            progress.say(round + ": " + shown(result));
            return true;
        }
        round.problems().forEach(it -> progress.say("FAILED: " + it));
        return false;
    }

    private String shown(Map<Metric, Double> result) {
        List<String> texts = new ArrayList<>();
        for (Scenario.Line line : scenario.lines()) {
            Metric metric = line.metric();
            Double value = result.get(metric);
            if (value != null) {
                texts.add(metric.label() + " " + Metric.format(value) + " " + metric.unit());
            }
        }
        return String.join(", ", texts);
    }

    /** The lines both sides, or at least Prism, have values for. */
    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Scenario.Line line : scenario.lines()) {
            Optional<Summary> baseline = summary("baseline", line.metric());
            summary("Prism", line.metric())
                    .ifPresent(it -> rows.add(new Row(line.metric(), it, baseline, line.budget())));
        }
        return rows;
    }

    private Optional<Summary> summary(String side, Metric metric) {
        return Optional.ofNullable(values.getOrDefault(side, Map.of()).get(metric))
                .map(Summary::of);
    }

    private static String words(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof BenchException
                ? String.valueOf(cause.getMessage())
                : Refusals.of(cause);
    }
}
