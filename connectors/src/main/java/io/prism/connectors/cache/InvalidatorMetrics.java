package io.prism.connectors.cache;

import io.prism.connectors.cache.StaleKeys.Stale;
import io.prism.connectors.cdc.Change;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.Avg;
import org.apache.kafka.common.metrics.stats.CumulativeSum;
import org.apache.kafka.common.metrics.stats.Max;
import org.apache.kafka.common.metrics.stats.Percentile;
import org.apache.kafka.common.metrics.stats.Percentiles;
import org.apache.kafka.common.metrics.stats.Percentiles.BucketSizing;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/**
 * The invalidator's metrics, beside Connect's own in JMX ({@code kafka.connect:type=plugins,…}).
 * None on a worker older than Kafka 4.1. Used by the task's thread.
 */
public final class InvalidatorMetrics implements AutoCloseable {
    public static final String LAG_P50 = "invalidation-lag-seconds-p50";
    public static final String LAG_P99 = "invalidation-lag-seconds-p99";
    public static final String LAG_MAX = "invalidation-lag-seconds-max";
    public static final String INVALIDATIONS = "invalidations-total";
    public static final String CLEARS = "clears-total";
    public static final String FAILURES = "failures-total";
    public static final String UNREADABLE = "unreadable-total";

    private static final double LONGEST_SECONDS = 10;
    private static final int BYTES = 40_000;

    private final @Nullable PluginMetrics metrics;
    private final Map<String, String> tags;
    private final Map<String, Sensor> sensors = new LinkedHashMap<>();

    private InvalidatorMetrics(@Nullable PluginMetrics metrics, Map<String, String> tags) {
        this.metrics = metrics;
        this.tags = tags;
    }

    static InvalidatorMetrics of(
            @Nullable SinkTaskContext context, String namespace, String consumer) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("namespace", namespace);
        tags.put("consumer", consumer);
        InvalidatorMetrics made = new InvalidatorMetrics(plugin(context), tags);
        made.register();
        return made;
    }

    private static @Nullable PluginMetrics plugin(@Nullable SinkTaskContext context) {
        try {
            return context == null ? null : context.pluginMetrics();
        } catch (NoSuchMethodError older) {
            return null;
        }
    }

    private void register() {
        PluginMetrics to = metrics;
        if (to == null) {
            return;
        }
        Sensor lag = to.addSensor("invalidation-lag");
        lag.add(
                new Percentiles(
                        BYTES,
                        LONGEST_SECONDS,
                        BucketSizing.CONSTANT,
                        new Percentile(
                                name(to, LAG_P50, "From a commit to Redis' word, the median."), 50),
                        new Percentile(
                                name(to, LAG_P99, "From a commit to Redis' word, 99 of 100."),
                                99)));
        lag.add(name(to, LAG_MAX, "From a commit to Redis' word, the longest."), new Max());
        lag.add(name(to, "invalidation-lag-seconds-avg", "The mean."), new Avg());
        sensors.put(LAG_MAX, lag);
        count(to, INVALIDATIONS, "Keys that Redis was told are stale.");
        count(to, CLEARS, "Times that all of the namespace's cache was cleared.");
        count(to, FAILURES, "Batches that Redis did not confirm, and that were tried again.");
        count(to, UNREADABLE, "Records of the topic that are no changes, and were skipped.");
    }

    private void count(PluginMetrics to, String metric, String description) {
        Sensor sensor = to.addSensor(metric);
        sensor.add(name(to, metric, description), new CumulativeSum());
        sensors.put(metric, sensor);
    }

    private MetricName name(PluginMetrics to, String metric, String description) {
        return to.metricName(metric, description, new LinkedHashMap<>(tags));
    }

    void applied(Stale stale, List<Change> changes, Instant at) {
        record(INVALIDATIONS, stale.keys().size());
        if (stale.all().isPresent()) {
            record(CLEARS, 1);
        }
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, at);
        for (Change change : changes) {
            if (change.committedMicros() > 0) {
                record(LAG_MAX, Math.max(0, now - change.committedMicros()) / 1e6);
            }
        }
    }

    void failed() {
        record(FAILURES, 1);
    }

    void unreadable() {
        record(UNREADABLE, 1);
    }

    private void record(String sensor, double value) {
        Sensor of = sensors.get(sensor);
        if (of != null) {
            of.record(value);
        }
    }

    @Override
    public void close() {
        PluginMetrics from = metrics;
        if (from != null) {
            List.of("invalidation-lag", INVALIDATIONS, CLEARS, FAILURES, UNREADABLE)
                    .forEach(from::removeSensor);
        }
        sensors.clear();
    }
}
