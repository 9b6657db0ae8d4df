package io.prism.streams.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import java.util.List;
import java.util.function.Supplier;

/** A metric's name as Prometheus shows it, its labels and its meaning. */
public enum StreamsMetric {
    LAG(
            "prism_streams_lag_records",
            Kind.GAUGE,
            List.of("topology"),
            "Records that are in the topology's inputs and not processed yet."),
    RUNNING(
            "prism_streams_running",
            Kind.GAUGE,
            List.of("topology"),
            "1 while the topology processes records, 0 while it starts, rebalances or has failed."),
    THREAD_FAILURES(
            "prism_streams_thread_failures_total",
            Kind.COUNTER,
            List.of("topology"),
            "Stream threads that failed and were replaced."),
    CLAIMS_RELEASED(
            "prism_pattern_claim_check_released_total",
            Kind.COUNTER,
            List.of("namespace", "reason"),
            "Claims nobody needs any more, by why: consumed or ttl."),
    CLAIMS_DELETED(
            "prism_pattern_claim_check_cleanup_success",
            Kind.GAUGE,
            List.of("namespace"),
            "Released claims whose object this process deleted, since its start. The name is"
                    + " RFC-014's; it only ever grows."),
    CLAIM_DELETION_FAILURES(
            "prism_pattern_claim_check_cleanup_failures_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Batches of released claims that could not be deleted and will be tried again."),
    OUTBOX_PUBLISHED(
            "prism_pattern_outbox_published_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Rows that became messages. A transaction that is repeated counts again."),
    OUTBOX_DUPLICATES(
            "prism_pattern_outbox_duplicates_total",
            Kind.COUNTER,
            List.of("database"),
            "Rows that came again after they had been relayed, and were dropped."),
    OUTBOX_DEAD(
            "prism_pattern_outbox_dead_total",
            Kind.COUNTER,
            List.of("database", "code"),
            "Rows that cannot be relayed, by error code; they are in prism.outbox.dlq."),
    OUTBOX_STAMPED(
            "prism_pattern_outbox_stamped_total",
            Kind.COUNTER,
            List.of("database"),
            "Rows whose published_at or error was set."),
    OUTBOX_REMOVED(
            "prism_pattern_outbox_removed_total",
            Kind.COUNTER,
            List.of("database"),
            "Published rows that were removed after their retention."),
    OUTBOX_RESENT(
            "prism_pattern_outbox_resent_total",
            Kind.COUNTER,
            List.of("database"),
            "Rows read from the table: all of them with polling; otherwise those that the"
                    + " write-ahead log did not bring."),
    CONNECTOR_RUNNING(
            "prism_cdc_connector_running",
            Kind.GAUGE,
            List.of("database"),
            "1 while the database's connector runs, 0 while it does not."),
    SLOT_RETAINED(
            "prism_cdc_slot_retained_bytes",
            Kind.GAUGE,
            List.of("database"),
            "Bytes of its log that the database keeps for Prism's slot."),
    SLOT_BEHIND(
            "prism_cdc_slot_behind_bytes",
            Kind.GAUGE,
            List.of("database"),
            "Bytes of the database's log that the slot's reader has not confirmed yet."),
    SLOT_ACTIVE(
            "prism_cdc_slot_active",
            Kind.GAUGE,
            List.of("database"),
            "1 while somebody reads Prism's slot, 0 while nobody does."),
    CAPTURE_RUNNING(
            "prism_cdc_capture_running",
            Kind.GAUGE,
            List.of("namespace"),
            "1 while the connector that captures the namespace's changes runs."),
    CAPTURE_RETAINED(
            "prism_cdc_capture_retained_bytes",
            Kind.GAUGE,
            List.of("namespace"),
            "Bytes of its log that the database keeps for the namespace's changes."),
    CAPTURE_BEHIND(
            "prism_cdc_capture_behind_bytes",
            Kind.GAUGE,
            List.of("namespace"),
            "Bytes of the database's log that have not been captured for the namespace yet."),
    CONSUMER_RUNNING(
            "prism_cdc_consumer_running",
            Kind.GAUGE,
            List.of("namespace", "consumer"),
            "1 while the consumer of the namespace's changes runs."),
    INVALIDATION_LAG(
            "prism_cdc_invalidation_lag_seconds",
            Kind.GAUGE,
            List.of("namespace", "consumer", "quantile"),
            "From a row's commit to Redis' word that its key is gone, of the last minute: quantiles"
                    + " 0.5, 0.99 and 1. Where Connect runs in this process; else in its JMX."),
    INVALIDATIONS(
            "prism_cdc_invalidations",
            Kind.GAUGE,
            List.of("namespace", "consumer"),
            "Keys that Redis was told are stale since the consumer's start. As the lag."),
    INVALIDATION_FAILURES(
            "prism_cdc_invalidation_failures",
            Kind.GAUGE,
            List.of("namespace", "consumer"),
            "Batches that Redis did not confirm, and that were tried again. As the lag."),
    REHYDRATION_RECORDS(
            "prism_rehydration_records_total",
            Kind.COUNTER,
            List.of("namespace", "outcome"),
            "Records handed on to derived topics: passed (they had no claim), whole, elsewhere (too"
                    + " large: with a URL) or unavailable (with an error)."),
    REHYDRATION_BYTES(
            "prism_rehydration_bytes_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Payload bytes put back into records."),
    REHYDRATION_ERRORS(
            "prism_rehydration_errors_total",
            Kind.COUNTER,
            List.of("namespace", "code"),
            "Attempts to get a payload that failed, by error code. More of them than unavailable"
                    + " records: storage was down, and they were repeated."),
    REHYDRATION_HELD(
            "prism_rehydration_held_records",
            Kind.GAUGE,
            List.of(),
            "Records read and not handed on yet: they or one before them wait for a payload."),
    REHYDRATION_HELD_BYTES(
            "prism_rehydration_held_bytes", Kind.GAUGE, List.of(), "Memory in use for payloads."),
    REHYDRATION_TOPICS(
            "prism_rehydration_topics",
            Kind.GAUGE,
            List.of(),
            "Topics this process knows are rehydrated.");

    /** How a metric behaves. */
    public enum Kind {
        COUNTER,
        GAUGE
    }

    private final String prometheusName;
    private final Kind kind;
    private final List<String> labels;
    private final String description;

    StreamsMetric(String prometheusName, Kind kind, List<String> labels, String description) {
        this.prometheusName = prometheusName;
        this.kind = kind;
        this.labels = labels;
        this.description = description;
    }

    public String prometheusName() {
        return prometheusName;
    }

    public Kind kind() {
        return kind;
    }

    public List<String> labels() {
        return labels;
    }

    public String description() {
        return description;
    }

    /** The counter with these labels, given as name, value, …; made on first use. */
    public Counter counter(MeterRegistry meters, String... labelValues) {
        return Counter.builder(prometheusName)
                .description(description)
                .tags(labelValues)
                .register(meters);
    }

    /** Gauges whose labels come and go. */
    public MultiGauge gauges(MeterRegistry meters) {
        return MultiGauge.builder(prometheusName).description(description).register(meters);
    }

    public Gauge gauge(MeterRegistry meters, Supplier<Number> value, String... labelValues) {
        return Gauge.builder(prometheusName, value)
                .description(description)
                .tags(labelValues)
                .strongReference(true)
                .register(meters);
    }
}
