package io.prism.streams.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class StreamsMetricTest {
    @ParameterizedTest
    @EnumSource
    void prometheusShowsAMetricUnderItsName(StreamsMetric metric) {
        // Given
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        List<String> labels = new ArrayList<>();
        metric.labels().forEach(label -> labels.addAll(List.of(label, "x")));
        String[] values = labels.toArray(String[]::new);

        // When
        switch (metric.kind()) {
            case COUNTER -> metric.counter(meters, values).increment();
            case GAUGE -> metric.gauge(meters, () -> 1, values);
        }

        // Then
        assertThat(meters.scrape())
                .contains(
                        "# TYPE "
                                + metric.prometheusName()
                                + " "
                                + metric.kind().name().toLowerCase(Locale.ROOT)
                                + "\n",
                        "\n" + metric.prometheusName());
    }
}
