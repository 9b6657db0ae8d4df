package io.prism.gateway.queue;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.gateway.metrics.Metric;

/** What a namespace's queues count. */
final class QueueMetrics {
    final Counter delivered;
    final Counter accepted;
    final Counter released;
    final Counter deadLetters;
    final Counter leasesExpired;
    final Counter leasesLost;
    final Counter redriven;

    QueueMetrics(String namespace, MeterRegistry meters) {
        this.delivered = Metric.QUEUE_DELIVERED.counter(meters, "namespace", namespace);
        this.accepted = Metric.QUEUE_ACCEPTED.counter(meters, "namespace", namespace);
        this.released = Metric.QUEUE_RELEASED.counter(meters, "namespace", namespace);
        this.deadLetters = Metric.QUEUE_DEAD_LETTERS.counter(meters, "namespace", namespace);
        this.leasesExpired = Metric.QUEUE_LEASES_EXPIRED.counter(meters, "namespace", namespace);
        this.leasesLost = Metric.QUEUE_LEASES_LOST.counter(meters, "namespace", namespace);
        this.redriven = Metric.QUEUE_REDRIVEN.counter(meters, "namespace", namespace);
    }
}
