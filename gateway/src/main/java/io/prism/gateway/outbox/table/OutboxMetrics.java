package io.prism.gateway.outbox.table;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.prism.gateway.metrics.Metric;
import java.util.concurrent.TimeUnit;

/**
 * What a namespace's outbox counts. The relation to watch: pending and lag stay near nothing while
 * inserted grows; where they grow with it, nobody relays. Thread-safe.
 */
final class OutboxMetrics implements AutoCloseable {
    private final Counter inserted;
    private final DistributionSummary batchRows;
    private final Timer commitDuration;
    private final MeterRegistry meters;
    private final Gauge pendingGauge;
    private final Gauge lagGauge;
    private volatile double pending = Double.NaN;
    private volatile double lag = Double.NaN;

    OutboxMetrics(String namespace, MeterRegistry meters) {
        this.meters = meters;
        this.inserted = Metric.OUTBOX_INSERTED.counter(meters, "namespace", namespace);
        this.batchRows = Metric.OUTBOX_BATCH.summary(meters, "namespace", namespace);
        this.commitDuration = Metric.OUTBOX_COMMIT.timer(meters, "namespace", namespace);
        this.pendingGauge =
                Metric.OUTBOX_PENDING.gauge(meters, () -> pending, "namespace", namespace);
        this.lagGauge = Metric.OUTBOX_LAG.gauge(meters, () -> lag, "namespace", namespace);
    }

    void inserted() {
        inserted.increment();
    }

    void batch(int rows, long nanos) {
        batchRows.record(rows);
        commitDuration.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** NaN where it is not known. */
    void sampled(double rows, double oldestSeconds) {
        pending = rows;
        lag = oldestSeconds;
    }

    /** Gauges would otherwise go on showing a namespace that is gone. */
    @Override
    public void close() {
        meters.remove(pendingGauge);
        meters.remove(lagGauge);
    }
}
