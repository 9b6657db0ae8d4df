package io.prism.gateway.cache.rows;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.cache.FillOutcome;
import io.prism.gateway.metrics.Metric;

/**
 * What a namespace's cache counts. The relation to watch: loads stay near misses less waits; where
 * bypasses grow, Redis does not answer, and where fenced fills grow with fills, rows change as
 * often as they are read. Thread-safe.
 */
final class CacheMetrics {
    private final Counter hits;
    private final Counter misses;
    private final Counter waits;
    private final Counter loads;
    private final Counter fills;
    private final Counter voided;
    private final Counter older;
    private final Counter bypasses;
    private final Counter invalidations;

    CacheMetrics(String namespace, MeterRegistry meters) {
        this.hits = Metric.CACHE_HITS.counter(meters, "namespace", namespace);
        this.misses = Metric.CACHE_MISSES.counter(meters, "namespace", namespace);
        this.waits = Metric.CACHE_WAITS.counter(meters, "namespace", namespace);
        this.loads = Metric.CACHE_LOADS.counter(meters, "namespace", namespace);
        this.fills = Metric.CACHE_FILLS.counter(meters, "namespace", namespace);
        this.voided =
                Metric.CACHE_FENCED_FILLS.counter(
                        meters, "namespace", namespace, "reason", "voided");
        this.older =
                Metric.CACHE_FENCED_FILLS.counter(
                        meters, "namespace", namespace, "reason", "older");
        this.bypasses = Metric.CACHE_BYPASSES.counter(meters, "namespace", namespace);
        this.invalidations = Metric.CACHE_INVALIDATIONS.counter(meters, "namespace", namespace);
    }

    void hit() {
        hits.increment();
    }

    void miss() {
        misses.increment();
    }

    void waited() {
        waits.increment();
    }

    void loaded() {
        loads.increment();
    }

    void filled(FillOutcome outcome) {
        switch (outcome) {
            case STORED -> fills.increment();
            case VOIDED -> voided.increment();
            case OLDER -> older.increment();
        }
    }

    void bypassed() {
        bypasses.increment();
    }

    void invalidated(int keys) {
        invalidations.increment(keys);
    }
}
