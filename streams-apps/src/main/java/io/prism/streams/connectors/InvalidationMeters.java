package io.prism.streams.connectors;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.prism.connectors.cache.InvalidatorMetrics;
import io.prism.streams.metrics.StreamsMetric;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * What the invalidators of this process say of themselves through JMX. There are some only where
 * Connect runs in this process; a Connect cluster's are read from its own workers.
 */
final class InvalidationMeters {
    private static final String PLUGINS = "kafka.connect:type=plugins,*";
    private static final Map<String, String> QUANTILES =
            Map.of(
                    "0.5", InvalidatorMetrics.LAG_P50,
                    "0.99", InvalidatorMetrics.LAG_P99,
                    "1", InvalidatorMetrics.LAG_MAX);

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private final MultiGauge lag;
    private final MultiGauge invalidations;
    private final MultiGauge failures;

    InvalidationMeters(MeterRegistry meters) {
        this.lag = StreamsMetric.INVALIDATION_LAG.gauges(meters);
        this.invalidations = StreamsMetric.INVALIDATIONS.gauges(meters);
        this.failures = StreamsMetric.INVALIDATION_FAILURES.gauges(meters);
    }

    void measure() {
        List<MultiGauge.Row<?>> lags = new ArrayList<>();
        List<MultiGauge.Row<?>> counts = new ArrayList<>();
        List<MultiGauge.Row<?>> failed = new ArrayList<>();
        try {
            for (ObjectName bean : beans.queryNames(new ObjectName(PLUGINS), null)) {
                String namespace = bean.getKeyProperty("namespace");
                String consumer = bean.getKeyProperty("consumer");
                if (namespace == null || consumer == null) {
                    continue;
                }
                Tags tags = Tags.of("namespace", namespace, "consumer", consumer);
                for (Map.Entry<String, String> quantile : QUANTILES.entrySet()) {
                    add(lags, bean, quantile.getValue(), tags.and("quantile", quantile.getKey()));
                }
                add(counts, bean, InvalidatorMetrics.INVALIDATIONS, tags);
                add(failed, bean, InvalidatorMetrics.FAILURES, tags);
            }
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
        lag.register(lags, true);
        invalidations.register(counts, true);
        failures.register(failed, true);
    }

    /** Nothing where there is no such metric, or none any more. */
    private void add(List<MultiGauge.Row<?>> rows, ObjectName bean, String attribute, Tags tags) {
        try {
            if (beans.getAttribute(bean, attribute) instanceof Number value
                    && Double.isFinite(value.doubleValue())) {
                rows.add(MultiGauge.Row.of(tags, value.doubleValue()));
            }
        } catch (JMException gone) {
            // It ended between the question and the next one.
        }
    }
}
