package io.prism.streams.rehydration;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.error.ErrorCode;
import io.prism.streams.metrics.StreamsMetric;
import io.prism.topologies.rehydration.RehydrationMetrics;

/** Counts into the process's registry. */
record RehydrationMeters(MeterRegistry meters) implements RehydrationMetrics {
    @Override
    public void passed(String namespace) {
        record(namespace, "passed");
    }

    @Override
    public void whole(String namespace, long bytes) {
        record(namespace, "whole");
        StreamsMetric.REHYDRATION_BYTES
                .counter(meters, "namespace", namespace)
                .increment((double) bytes);
    }

    @Override
    public void elsewhere(String namespace) {
        record(namespace, "elsewhere");
    }

    @Override
    public void unavailable(String namespace) {
        record(namespace, "unavailable");
    }

    private void record(String namespace, String outcome) {
        StreamsMetric.REHYDRATION_RECORDS
                .counter(meters, "namespace", namespace, "outcome", outcome)
                .increment();
    }

    @Override
    public void failed(String namespace, ErrorCode code) {
        StreamsMetric.REHYDRATION_ERRORS
                .counter(meters, "namespace", namespace, "code", code.name())
                .increment();
    }
}
