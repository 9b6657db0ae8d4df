package io.prism.gateway.subscription;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.metrics.Metric;

/** What a namespace's subscriptions count. */
final class SubscriptionMetrics {
    final Counter delivered;
    final Counter acknowledged;
    private final String namespace;
    private final MeterRegistry meters;

    SubscriptionMetrics(String namespace, MeterRegistry meters) {
        this.namespace = namespace;
        this.meters = meters;
        this.delivered = Metric.DELIVERED.counter(meters, "namespace", namespace);
        this.acknowledged = Metric.ACKNOWLEDGED.counter(meters, "namespace", namespace);
    }

    void deliveryError(RuntimeException failure) {
        String code =
                failure instanceof PrismException known
                        ? known.code().name()
                        : ErrorCode.INTERNAL.name();
        Metric.DELIVERY_ERRORS.counter(meters, "namespace", namespace, "code", code).increment();
    }
}
