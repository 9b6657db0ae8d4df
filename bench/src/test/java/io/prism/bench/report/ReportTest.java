package io.prism.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Metric THROUGHPUT = new Metric("throughput", "msg/s");
    private static final Metric TAIL = new Metric("p99", "ms");

    private static Row row(double prism, double baseline) {
        return new Row(
                THROUGHPUT,
                Summary.of(List.of(prism)),
                Optional.of(Summary.of(List.of(baseline))),
                Optional.of(new Budget.ShareOfBaseline(0.7)));
    }

    private static Row latency(double millis) {
        return new Row(
                TAIL,
                Summary.of(List.of(millis)),
                Optional.empty(),
                Optional.of(new Budget.AtMost(10, "ms")));
    }

    private static Report report(List<String> problems) {
        Outcome outcome =
                new Outcome(
                        "publish-stream",
                        "small messages",
                        "plain producer",
                        Map.of("payload", "1000 bytes"),
                        List.of(row(75_000, 100_000), latency(12.5)),
                        new Outcome.Counts(1_234_567, problems.size()),
                        new Outcome.Counts(2, 0),
                        problems);
        return new Report(
                Instant.parse("2026-11-22T07:39:59Z"),
                new Machine(2, 24, "Linux amd64", "25.0.1+8"),
                "3 rounds",
                List.of(outcome));
    }

    @Test
    void a_summary_is_the_median_and_the_extremes() {
        assertThat(Summary.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Summary(2, 1, 3));
        assertThat(Summary.of(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(new Summary(2.5, 1, 4));
        assertThat(Summary.of(List.of(3.0, 1.0, 20_000.0))).hasToString("3.00 (1.00 – 20,000)");
    }

    @Test
    void a_share_is_met_exactly_at_its_limit_and_missed_below() {
        assertThat(row(70, 100).met()).contains(true);
        assertThat(row(69.9, 100).met()).contains(false);
        assertThat(row(50, 100).ratio()).hasValue(0.5);
    }

    @Test
    void a_limit_is_met_exactly_at_its_value_and_missed_above() {
        assertThat(latency(10).met()).contains(true);
        assertThat(latency(10.1).met()).contains(false);
        assertThat(latency(10).ratio()).isEmpty();
    }

    @Test
    void a_share_without_a_baseline_is_not_met() {
        Row alone =
                new Row(
                        THROUGHPUT,
                        Summary.of(List.of(1.0)),
                        Optional.empty(),
                        Optional.of(new Budget.ShareOfBaseline(0.1)));

        assertThat(alone.met()).contains(false);
    }

    @Test
    void a_section_says_when_where_and_how_it_was_measured() {
        Report report = report(List.of());

        assertThat(MarkdownReport.section(report, report.outcomes().getFirst()))
                .isEqualTo(
                        """
                        Measured 2026-11-22 07:39 UTC on 2 cores, 24 GiB, Linux amd64, JDK 25.0.1+8. 3 rounds.

                        Settings: payload 1000 bytes.

                        |  | Prism | plain producer | ratio | budget |  |
                        | --- | ---: | ---: | ---: | ---: | --- |
                        | throughput, msg/s | 75,000 (75,000 – 75,000) | 100,000 (100,000 – 100,000) | 0.75 × | ≥ 0.7 × | met |
                        | p99, ms | 12.5 (12.5 – 12.5) | – | – | ≤ 10 ms | missed |

                        Prism: 1,234,567 acknowledged, 0 failed. Baseline: 2 acknowledged, 0 failed.
                        """);
    }

    @Test
    void a_failed_scenario_has_met_nothing() {
        Report report = report(List.of("1 failed: UNAVAILABLE (1)"));
        Outcome outcome = report.outcomes().getFirst();

        assertThat(outcome.failed()).isTrue();
        assertThat(outcome.missedBudget()).isTrue();
        assertThat(MarkdownReport.section(report, outcome))
                .contains("| FAILED |")
                .contains("**FAILED**: 1 failed: UNAVAILABLE (1)")
                .doesNotContain("| met |");
        assertThat(TextTable.of(report)).contains("FAILED: 1 failed: UNAVAILABLE (1)");
    }

    @Test
    void a_table_lines_its_columns_up() {
        List<String> lines = TextTable.of(report(List.of())).lines().toList();
        String head = lines.stream().filter(it -> it.contains("budget")).findFirst().orElseThrow();
        String row = lines.stream().filter(it -> it.contains("p99, ms")).findFirst().orElseThrow();

        assertThat(row.indexOf("≤ 10 ms")).isEqualTo(head.indexOf("budget"));
    }

    @Test
    void json_carries_the_numbers_and_leaves_out_what_there_is_not() throws Exception {
        JsonNode json = new ObjectMapper().readTree(JsonReport.of(report(List.of())));

        JsonNode rows = json.at("/scenarios/0/rows");
        assertThat(rows.at("/0/prism/median").asDouble()).isEqualTo(75_000);
        assertThat(rows.at("/0/ratio").asDouble()).isEqualTo(0.75);
        assertThat(rows.at("/0/met").asBoolean()).isTrue();
        assertThat(rows.get(1).has("baseline")).isFalse();
        assertThat(rows.get(1).get("met").asBoolean()).isFalse();
        assertThat(json.at("/scenarios/0/prismCounts/acknowledged").asLong()).isEqualTo(1_234_567);
    }
}
