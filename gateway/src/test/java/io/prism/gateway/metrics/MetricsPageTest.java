package io.prism.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MetricsPageTest {
    private static final Path PAGE = Path.of("../docs/metrics.md");

    @Test
    void thePageInDocsIsWhatTheMetricsAre() throws IOException {
        if (Boolean.getBoolean("prism.docs.write")) {
            Files.writeString(PAGE, MetricsPage.markdown());
        }
        assertThat(PAGE)
                .as("made again with -Dprism.docs.write=true")
                .hasContent(MetricsPage.markdown());
    }

    @ParameterizedTest
    @EnumSource
    void prometheusShowsAMetricUnderItsName(Metric metric) {
        // Given
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        List<String> labels = new ArrayList<>();
        metric.labels().forEach(label -> labels.addAll(List.of(label, "x")));
        String[] values = labels.toArray(String[]::new);

        // When
        switch (metric.kind()) {
            case COUNTER -> metric.counter(meters, values).increment();
            case GAUGE -> metric.gauge(meters, () -> 1, values);
            case TIMER -> metric.timer(meters, values).record(1, TimeUnit.MILLISECONDS);
            case SUMMARY -> metric.summary(meters, values).record(1);
        }

        // Then
        assertThat(meters.scrape())
                .contains(
                        "\n"
                                + metric.prometheusName()
                                + switch (metric.kind()) {
                                    case TIMER, SUMMARY -> "_count";
                                    case COUNTER, GAUGE -> "";
                                });
    }
}
