package io.prism.standalone.cli.client.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.v1.Violation;
import io.prism.v1.Warning;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class ReportTextTest {
    @Test
    void aPlaceOutsideTheDocumentIsNotShown() {
        assertThat(print("a: 1\n", violation(9, 1), Ansi.OFF))
                .startsWith("f.yaml:9:1: error: CODE at a\n  wrong\n\n");
        assertThat(print("a: 1\n", violation(0, 0), Ansi.OFF)).startsWith("f.yaml: error: CODE");
    }

    @Test
    void tabsDoNotMoveTheCaret() {
        assertThat(print("\tb: 2", violation(1, 2), Ansi.OFF)).contains("  1 │  b: 2\n    │  ^\n");
    }

    @Test
    void aLongLineIsShownAroundThePlace() {
        // When
        String shown = print("x".repeat(500) + "Y" + "z".repeat(500), violation(1, 501), Ansi.OFF);

        // Then
        List<String> lines = shown.lines().toList();
        int caret = lines.get(3).indexOf('^');
        assertThat(lines.get(2)).hasSizeLessThan(180).endsWith("…");
        assertThat(lines.get(2).charAt(caret)).isEqualTo('Y');
    }

    @Test
    void coloursAreForTerminals() {
        assertThat(print("a", violation(1, 1), Ansi.ON)).contains("\u001b[31");
        assertThat(print("a", violation(1, 1), Ansi.OFF)).doesNotContain("\u001b");
    }

    @Test
    void warningsLeaveADocumentValid() {
        // Given
        Warning warning =
                Warning.newBuilder().setCode("W").setPath("p").setMessage("careful").build();

        // When
        StringWriter out = new StringWriter();
        new ReportText(new PrintWriter(out, true), Ansi.OFF)
                .print(
                        new DocumentSource("f.yaml", ""),
                        new DocumentReport(List.of(), List.of(warning), List.of(), false));

        // Then
        assertThat(out.toString())
                .isEqualTo(
                        """
                        f.yaml: warning: W at p
                          careful
                        f.yaml: valid, 0 namespaces, 1 warning
                        """);
    }

    private static Violation violation(int line, int column) {
        return Violation.newBuilder()
                .setCode("CODE")
                .setPath("a")
                .setMessage("wrong")
                .setLine(line)
                .setColumn(column)
                .build();
    }

    private static String print(String document, Violation violation, Ansi ansi) {
        StringWriter out = new StringWriter();
        new ReportText(new PrintWriter(out, true), ansi)
                .print(
                        new DocumentSource("f.yaml", document),
                        new DocumentReport(List.of(violation), List.of(), List.of(), false));
        return out.toString();
    }
}
