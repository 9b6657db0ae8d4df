package io.prism.standalone.metrics;

import io.prism.gateway.metrics.Metric;
import io.prism.streams.metrics.StreamsMetric;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Makes {@code docs/metrics.md} from the metrics, so that it cannot say anything else. */
public final class MetricsPage {
    private MetricsPage() {}

    private record Row(String name, Enum<?> kind, List<String> labels, String description) {
        /** As the name has it. */
        String unit() {
            String bare = name.replaceFirst("_total$", "");
            return List.of("seconds", "bytes", "records").stream()
                    .filter(unit -> bare.endsWith("_" + unit))
                    .findFirst()
                    .orElse("–");
        }
    }

    public static String markdown() {
        StringBuilder page = new StringBuilder();
        page.append("# Metrics\n\n")
                .append(
                        "<!-- Made from the code; a test fails when it is stale. To make it"
                                + " again:\n")
                .append("     mvn test -pl standalone -am -Dtest=MetricsPageTest")
                .append(" -Dsurefire.failIfNoSpecifiedTests=false \\\n")
                .append("       -Dprism.docs.write=true -->\n\n")
                .append(
                        "Served as Prometheus text. A timer has `_count`, `_sum` and `_max`, and so has a"
                                + " summary.")
                .append(" Without a unit,\na metric counts what is said in the last column.\n\n")
                .append("## Gateway\n\n`http://HOST:8982/metrics`\n\n");
        table(
                page,
                Arrays.stream(Metric.values())
                        .map(
                                metric ->
                                        new Row(
                                                metric.prometheusName(),
                                                metric.kind(),
                                                metric.labels(),
                                                metric.description()))
                        .toList());
        page.append("\n## Streams\n\n")
                .append("`http://HOST:8983/metrics` of `prism streams`; in `prism up` the address")
                .append(" that `prism env` shows as\n`PRISM_STREAMS_HTTP`. A `topology` is")
                .append(" `claim-lifecycle`, `outbox-relay` or `rehydration`.\n\n");
        table(
                page,
                Arrays.stream(StreamsMetric.values())
                        .map(
                                metric ->
                                        new Row(
                                                metric.prometheusName(),
                                                metric.kind(),
                                                metric.labels(),
                                                metric.description()))
                        .toList());
        return page.toString();
    }

    private static void table(StringBuilder page, List<Row> rows) {
        page.append("| name | type | unit | labels | what it is |\n|---|---|---|---|---|\n");
        for (Row row : rows) {
            page.append(
                    "| `%s` | %s | %s | %s | %s |\n"
                            .formatted(
                                    row.name(),
                                    row.kind().name().toLowerCase(Locale.ROOT),
                                    row.unit(),
                                    row.labels().isEmpty()
                                            ? "none"
                                            : "`" + String.join("`, `", row.labels()) + "`",
                                    row.description()));
        }
    }
}
