package io.prism.streams.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.error.ErrorCode;
import io.prism.streams.metrics.StreamsMetric;
import io.prism.topologies.outboxrelay.RelayMetrics;

/** Counts into the process's registry. */
record RelayMeters(MeterRegistry meters) implements RelayMetrics {
    @Override
    public void published(String namespace) {
        StreamsMetric.OUTBOX_PUBLISHED.counter(meters, "namespace", namespace).increment();
    }

    @Override
    public void duplicate(String database) {
        StreamsMetric.OUTBOX_DUPLICATES.counter(meters, "database", database).increment();
    }

    @Override
    public void dead(String database, ErrorCode code) {
        StreamsMetric.OUTBOX_DEAD
                .counter(meters, "database", database, "code", code.name())
                .increment();
    }
}
