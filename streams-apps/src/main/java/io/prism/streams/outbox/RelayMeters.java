package io.prism.streams.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.error.ErrorCode;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.trace.Trace;
import io.prism.core.trace.Traces;
import io.prism.streams.metrics.StreamsMetric;
import io.prism.topologies.outboxrelay.RelayMetrics;
import java.time.Instant;
import java.util.Objects;

/** Counts into the process's registry, and makes a span of what was traced. */
record RelayMeters(MeterRegistry meters, Traces traces) implements RelayMetrics {
    @Override
    public void published(NamespaceSpec namespace, OutboxRow row, Instant readAt) {
        String name = namespace.name().value();
        if (namespace.observability().patternMetrics()) {
            StreamsMetric.OUTBOX_PUBLISHED.counter(meters, "namespace", name).increment();
        }
        if (!traces.on()) {
            return;
        }
        Trace relay = traces.past("outbox.relay", row.traceparent(), readAt);
        if (relay.recording()) {
            relay.set("prism.namespace", name)
                    .set("prism.topic", String.valueOf(row.topic()))
                    .set(
                            "messaging.message.id",
                            Objects.requireNonNullElseGet(row.messageId(), row.id()::toString))
                    .end();
        }
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
