package io.prism.standalone.cli.client.document;

import io.prism.standalone.cli.client.console.PayloadText;
import io.prism.v1.Violation;
import io.prism.v1.Warning;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Style;

/**
 * A document's violations and warnings for people. Each begins {@code file:line:column: }, which
 * editors and terminals make a link of, followed by the line itself with a caret.
 */
public final class ReportText {
    private static final int WIDEST_LINE = 160;

    private final PrintWriter out;
    private final Ansi ansi;

    public ReportText(PrintWriter out, Ansi ansi) {
        this.out = out;
        this.ansi = ansi;
    }

    /** Everything that is to be said about one document, and a line that sums it up. */
    public void print(DocumentSource source, DocumentReport report) {
        List<String> lines = source.text().lines().toList();
        report.violations().forEach(violation -> print(source.name(), lines, violation));
        report.warnings().forEach(warning -> print(source.name(), warning));
        out.println(summary(source.name(), report));
    }

    /** A warning that stands alone. */
    public void print(String file, Warning warning) {
        out.printf(
                "%s: %s: %s%s%n",
                file,
                styled("warning", Style.fg_yellow, Style.bold),
                warning.getCode(),
                warning.getPath().isEmpty() ? "" : " at " + safe(warning.getPath()));
        out.printf("  %s%n", safe(warning.getMessage()));
    }

    private void print(String file, List<String> lines, Violation violation) {
        out.printf(
                "%s%s: %s: %s%s%n",
                file,
                violation.getLine() > 0
                        ? ":" + violation.getLine() + ":" + Math.max(1, violation.getColumn())
                        : "",
                styled("error", Style.fg_red, Style.bold),
                styled(violation.getCode(), Style.bold),
                violation.getPath().isEmpty() ? "" : " at " + safe(violation.getPath()));
        out.printf("  %s%n", safe(violation.getMessage()));
        printPlace(lines, violation);
        if (!violation.getFound().isEmpty()) {
            out.printf("  found:   %s%n", safe(violation.getFound()));
        }
        if (violation.getAllowedCount() > 0) {
            out.printf("  allowed: %s%n", safe(String.join(", ", violation.getAllowedList())));
        }
        if (!violation.getSuggestion().isEmpty()) {
            String suggestion = safe(violation.getSuggestion());
            out.printf("  %s %s%n", styled("try:    ", Style.fg_green), suggestion);
        }
        out.println();
    }

    private void printPlace(List<String> lines, Violation violation) {
        int line = violation.getLine();
        if (line < 1 || line > lines.size()) {
            return;
        }
        String text = lines.get(line - 1).replace('\t', ' ');
        int column = Math.clamp(violation.getColumn(), 1, text.length() + 1);
        // A long line is shown around the place.
        int from = column <= WIDEST_LINE ? 0 : column - WIDEST_LINE / 2;
        int to = Math.min(text.length(), from + WIDEST_LINE);
        String number = String.valueOf(line);
        String shown = safe(text.substring(from, to)) + (to < text.length() ? "…" : "");
        out.printf("  %s │ %s%n", number, shown);
        out.printf(
                "  %s │ %s%s%n",
                " ".repeat(number.length()),
                " ".repeat(column - 1 - from),
                styled("^", Style.fg_red, Style.bold));
    }

    private String summary(String file, DocumentReport report) {
        int wrong = report.violations().size();
        int doubtful = report.warnings().size();
        String warnings = doubtful == 0 ? "" : ", " + count(doubtful, "warning");
        if (wrong > 0) {
            return file
                    + ": "
                    + styled("invalid", Style.fg_red, Style.bold)
                    + ", "
                    + count(wrong, "violation")
                    + warnings;
        }
        return file
                + ": "
                + styled("valid", Style.fg_green, Style.bold)
                + ", "
                + count(report.plans().size(), "namespace")
                + warnings;
    }

    private static String count(int n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }

    private static String safe(String text) {
        return PayloadText.safe(text);
    }

    private String styled(String text, IStyle... styles) {
        return ansi.enabled() ? Style.on(styles) + text + Style.off(styles) : text;
    }
}
