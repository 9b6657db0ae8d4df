package io.prism.gateway.claimcheck;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.prism.core.error.PrismException;
import io.prism.gateway.error.Errors;
import io.prism.gateway.metrics.Metric;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a namespace's claim check counts. The relation to watch: stored − cleanup − orphans deleted
 * ≈ objects at rest.
 */
final class ClaimCheckMetrics implements AutoCloseable {
    final Counter stored;
    final Counter retrieved;
    final Counter cleanupFailures;
    final Counter orphansDeleted;
    final Counter sweepFailures;
    final Timer sweepDuration;
    final AtomicLong storageBytes = new AtomicLong();
    final AtomicLong cleanedUp = new AtomicLong();
    private final String namespace;
    private final MeterRegistry meters;
    private final Gauge storageGauge;
    private final Gauge cleanupGauge;

    ClaimCheckMetrics(String namespace, MeterRegistry meters) {
        this.namespace = namespace;
        this.meters = meters;
        this.stored = Metric.CLAIM_STORED.counter(meters, "namespace", namespace);
        this.retrieved = Metric.CLAIM_RETRIEVED.counter(meters, "namespace", namespace);
        this.cleanupFailures =
                Metric.CLAIM_CLEANUP_FAILURES.counter(meters, "namespace", namespace);
        this.orphansDeleted = Metric.CLAIM_ORPHANS_DELETED.counter(meters, "namespace", namespace);
        this.sweepFailures = Metric.CLAIM_SWEEP_FAILURES.counter(meters, "namespace", namespace);
        this.sweepDuration = Metric.CLAIM_SWEEP_DURATION.timer(meters, "namespace", namespace);
        this.storageGauge =
                Metric.CLAIM_STORAGE_BYTES.gauge(meters, storageBytes::get, "namespace", namespace);
        this.cleanupGauge =
                Metric.CLAIM_CLEANUP.gauge(meters, cleanedUp::get, "namespace", namespace);
    }

    void failed(Throwable failure) {
        Throwable cause = Errors.unwrap(failure);
        String code = cause instanceof PrismException known ? known.code().name() : "INTERNAL";
        Metric.CLAIM_FAILURES.counter(meters, "namespace", namespace, "code", code).increment();
    }

    /** Gauges would otherwise go on showing a namespace that is gone. */
    @Override
    public void close() {
        meters.remove(storageGauge);
        meters.remove(cleanupGauge);
    }
}
