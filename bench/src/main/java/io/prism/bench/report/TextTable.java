package io.prism.bench.report;

import java.util.ArrayList;
import java.util.List;

/** A report for a terminal. */
public final class TextTable {
    private TextTable() {}

    /** Ends with a line break. */
    public static String of(Report report) {
        StringBuilder out = new StringBuilder();
        out.append(report.date()).append(" · ").append(report.machine()).append('\n');
        out.append(report.timing()).append("; median (min – max)\n");
        for (Outcome outcome : report.outcomes()) {
            out.append('\n').append(outcome.scenario()).append(": ").append(outcome.measures());
            out.append("\n  ").append(MarkdownReport.settings(outcome)).append('\n');
            table(outcome, out);
            out.append("  ").append(MarkdownReport.counts(outcome)).append('\n');
            outcome.problems().forEach(it -> out.append("  FAILED: ").append(it).append('\n'));
        }
        return out.toString();
    }

    private static void table(Outcome outcome, StringBuilder out) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("", "Prism", outcome.baselineName(), "ratio", "budget", ""));
        for (Row row : outcome.rows()) {
            lines.add(MarkdownReport.cells(row, outcome.failed()));
        }
        int[] widths = new int[lines.getFirst().size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder(" ");
            for (int i = 0; i < widths.length; i++) {
                text.append(' ').append(line.get(i)).repeat(" ", widths[i] - line.get(i).length());
                text.append(' ');
            }
            out.append(text.toString().stripTrailing()).append('\n');
        }
    }
}
