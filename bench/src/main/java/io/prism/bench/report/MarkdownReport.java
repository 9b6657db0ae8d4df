package io.prism.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** One outcome as the section of a Markdown file. */
public final class MarkdownReport {
    private MarkdownReport() {}

    /**
     * Says by itself when, where and how it was measured, since sections are written one by one.
     */
    public static String section(Report report, Outcome outcome) {
        StringBuilder out = new StringBuilder();
        out.append("Measured ").append(report.date()).append(" on ").append(report.machine());
        out.append(". ").append(report.timing()).append(".\n\n");
        out.append("Settings: ").append(settings(outcome)).append(".\n\n");
        line(out, List.of("", "Prism", outcome.baselineName(), "ratio", "budget", ""));
        line(out, List.of("---", "---:", "---:", "---:", "---:", "---"));
        outcome.rows().forEach(row -> line(out, cells(row, outcome.failed())));
        out.append('\n').append(counts(outcome)).append('\n');
        for (String problem : outcome.problems()) {
            out.append("\n**FAILED**: ").append(problem).append('\n');
        }
        return out.toString();
    }

    static List<String> cells(Row row, boolean failed) {
        return List.of(
                row.metric().label() + ", " + row.metric().unit(),
                row.prism().toString(),
                row.baseline().map(Summary::toString).orElse("–"),
                row.ratioText(),
                row.budget().map(Budget::toString).orElse("–"),
                row.verdict(failed));
    }

    static String settings(Outcome outcome) {
        return outcome.settings().entrySet().stream()
                .map(it -> it.getKey() + " " + it.getValue())
                .collect(Collectors.joining(", "));
    }

    static String counts(Outcome outcome) {
        return String.format(
                Locale.ROOT,
                "Prism: %,d acknowledged, %,d failed. Baseline: %,d acknowledged, %,d failed.",
                outcome.prism().acknowledged(),
                outcome.prism().failed(),
                outcome.baseline().acknowledged(),
                outcome.baseline().failed());
    }

    private static void line(StringBuilder out, List<String> cells) {
        out.append(
                cells.stream()
                        .map(it -> it.replace("|", "\\|"))
                        .collect(Collectors.joining(" | ", "| ", " |\n")));
    }
}
