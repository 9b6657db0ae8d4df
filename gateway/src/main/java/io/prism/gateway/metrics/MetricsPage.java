package io.prism.gateway.metrics;

import java.util.Locale;

/** Makes {@code docs/metrics.md} from the metrics, so that it cannot say anything else. */
public final class MetricsPage {
    private MetricsPage() {}

    public static String markdown() {
        StringBuilder page = new StringBuilder();
        page.append("# Metrics\n\n")
                .append(
                        "<!-- Made from the code; a test fails when it is stale. To make it"
                                + " again:\n")
                .append("     mvn test -pl gateway -am -Dtest=MetricsPageTest")
                .append(" -Dsurefire.failIfNoSpecifiedTests=false -Dprism.docs.write=true -->\n\n")
                .append(
                        "Served as Prometheus text on `http://HOST:8982/metrics`. A timer has"
                                + " `_count`, `_sum` and\n")
                .append("`_max`, in seconds; a summary has the same, in its own unit.\n\n")
                .append("| name | type | labels | what it is |\n|---|---|---|---|\n");
        for (Metric metric : Metric.values()) {
            page.append(
                    "| `%s` | %s | %s | %s |\n"
                            .formatted(
                                    metric.prometheusName(),
                                    metric.kind().name().toLowerCase(Locale.ROOT),
                                    metric.labels().isEmpty()
                                            ? "none"
                                            : "`" + String.join("`, `", metric.labels()) + "`",
                                    metric.description()));
        }
        return page.toString();
    }
}
