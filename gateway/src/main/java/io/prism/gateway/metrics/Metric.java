package io.prism.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.function.Supplier;

/**
 * A metric's name as Prometheus shows it, its labels and its meaning. The pattern metrics' names
 * are RFC-014's.
 */
public enum Metric {
    CHAIN_DURATION(
            "prism_pattern_chain_duration_seconds",
            Kind.TIMER,
            List.of("namespace", "pattern"),
            "Time a pattern takes on publish until it passes the message on."),
    CLAIM_STORED(
            "prism_pattern_claim_check_stored_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Payloads stored as claims."),
    CLAIM_RETRIEVED(
            "prism_pattern_claim_check_retrieved_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Payloads read back for subscribers, inlined or fetched."),
    CLAIM_STORAGE_BYTES(
            "prism_pattern_claim_check_storage_bytes",
            Kind.GAUGE,
            List.of("namespace"),
            "Bytes at rest under the namespace's prefix: counted by listing at start and every"
                    + " tenth expiry, and kept current in between by what this gateway stores and"
                    + " deletes."),
    CLAIM_CLEANUP(
            "prism_pattern_claim_check_cleanup_success",
            Kind.GAUGE,
            List.of("namespace"),
            "Claims this gateway deleted, since its start. The name is RFC-014's; it only ever"
                    + " grows."),
    CLAIM_CLEANUP_FAILURES(
            "prism_pattern_claim_check_cleanup_failures_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Expiry runs that failed and will be tried again."),
    CLAIM_ORPHANS_DELETED(
            "prism_pattern_claim_check_orphans_deleted_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Payloads this gateway's sweeps deleted because they were uploaded and never"
                    + " published."),
    CLAIM_SWEEP_FAILURES(
            "prism_pattern_claim_check_sweep_failures_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Sweeps that failed and will be tried again; nothing that is needed was deleted."),
    CLAIM_SWEEP_DURATION(
            "prism_pattern_claim_check_sweep_duration_seconds",
            Kind.TIMER,
            List.of("namespace"),
            "How long a sweep for orphans takes, whether it succeeds or not."),
    CLAIM_FAILURES(
            "prism_pattern_claim_check_failures_total",
            Kind.COUNTER,
            List.of("namespace", "code"),
            "Payloads that could not be stored or read back, by error code."),
    OUTBOX_INSERTED(
            "prism_pattern_outbox_inserted_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Messages this gateway committed to the outbox table, duplicates left out."),
    OUTBOX_PENDING(
            "prism_pattern_outbox_pending_count",
            Kind.GAUGE,
            List.of("namespace"),
            "Rows of the namespace that are committed and not stamped as published, those of"
                    + " applications' own transactions included; asked of the database every few"
                    + " seconds, NaN while it does not answer."),
    OUTBOX_LAG(
            "prism_pattern_outbox_lag_seconds",
            Kind.GAUGE,
            List.of("namespace"),
            "Age of the oldest of those rows, by the database's clock; 0 when there is none."),
    OUTBOX_BATCH(
            "prism_pattern_outbox_batch_rows",
            Kind.SUMMARY,
            List.of("namespace"),
            "Rows that were committed together, those of other namespaces in the same table"
                    + " included."),
    OUTBOX_COMMIT(
            "prism_pattern_outbox_commit_duration_seconds",
            Kind.TIMER,
            List.of("namespace"),
            "How long the database takes to insert and commit a batch."),
    CACHE_HITS(
            "prism_pattern_cache_hits_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Rows, or their absence, served without asking the database."),
    CACHE_MISSES(
            "prism_pattern_cache_misses_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Reads that the cache had nothing for, or nothing fresh enough."),
    CACHE_WAITS(
            "prism_pattern_cache_waits_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Misses that waited for another reader of the same row."),
    CACHE_LOADS(
            "prism_pattern_cache_loads_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Rows read from the database for the cache's readers."),
    CACHE_FILLS(
            "prism_pattern_cache_fills_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Rows stored in the cache."),
    CACHE_FENCED_FILLS(
            "prism_pattern_cache_fenced_fills_total",
            Kind.COUNTER,
            List.of("namespace", "reason"),
            "Rows not stored because they changed meanwhile (voided), or may not show a change that"
                    + " was made known already (older)."),
    CACHE_BYPASSES(
            "prism_pattern_cache_bypasses_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Reads served by the database alone because Redis does not answer."),
    CACHE_INVALIDATIONS(
            "prism_pattern_cache_invalidations_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Keys this gateway invalidated after writes of its own; those of captured changes are"
                    + " counted where the sink runs."),
    CACHE_WARM_UPS(
            "prism_pattern_cache_warm_ups_total",
            Kind.COUNTER,
            List.of("namespace", "outcome"),
            "Warm-ups that ended: ok, or an error code, such as READ_TIMEOUT for one that did not"
                    + " get through in time."),
    CACHE_WARMED_ROWS(
            "prism_pattern_cache_warmed_rows_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Rows stored in the cache before anybody asked for them; they are fills, too."),
    CACHE_VALUES(
            "prism_cache_calls_total",
            Kind.COUNTER,
            List.of("namespace", "method", "outcome"),
            "Calls of CacheService, by what came of them."),
    CACHE_REDIS_DOWN(
            "prism_cache_redis_down",
            Kind.GAUGE,
            List.of(),
            "1 while the circuit breaker keeps callers from a Redis that does not answer, else"
                    + " 0."),
    TRANSACTIONS(
            "prism_transactions_total",
            Kind.COUNTER,
            List.of("namespace", "outcome"),
            "Transactions that ended: committed, rolled_back, replayed (the answer of an earlier"
                    + " call with the same idempotency_key), or an error code."),
    TRANSACTION_DURATION(
            "prism_transaction_duration_seconds",
            Kind.TIMER,
            List.of("namespace"),
            "From the request's arrival until the transaction has ended."),
    TRANSACTIONS_OPEN(
            "prism_transactions_open",
            Kind.GAUGE,
            List.of("kind"),
            "Connections that transactions of this gateway have now: single calls, or interactive"
                    + " ones, which hold theirs between requests."),
    READS(
            "prism_reads_total",
            Kind.COUNTER,
            List.of("namespace", "method", "outcome"),
            "Calls of ReaderService that ended: ok, or an error code."),
    READ_DURATION(
            "prism_read_duration_seconds",
            Kind.TIMER,
            List.of("namespace", "method"),
            "From a ReaderService call's arrival until its last answer was taken."),
    READ_ROWS(
            "prism_read_rows_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Rows answered by Read and Query."),
    READS_OPEN(
            "prism_reads_open",
            Kind.GAUGE,
            List.of("kind"),
            "Connections that reads of this gateway have now: short ones, or queries, which hold"
                    + " theirs until the last row."),
    PUBLISHED(
            "prism_published_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Messages made durable, duplicates left out."),
    DUPLICATES(
            "prism_publish_duplicates_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Publishes answered with an earlier message of the same id."),
    PUBLISH_FAILURES(
            "prism_publish_failures_total",
            Kind.COUNTER,
            List.of("namespace", "code"),
            "Publishes that failed, by error code."),
    PUBLISH_DURATION(
            "prism_publish_duration_seconds",
            Kind.TIMER,
            List.of("namespace"),
            "From the request's arrival until the message is durable."),
    DELIVERED(
            "prism_delivered_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Events handed to subscribers, errors included."),
    DELIVERY_ERRORS(
            "prism_delivery_errors_total",
            Kind.COUNTER,
            List.of("namespace", "code"),
            "Events delivered as a typed error in place of their payload, by error code."),
    ACKNOWLEDGED(
            "prism_acknowledged_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Messages acknowledged explicitly."),
    QUEUE_DELIVERED(
            "prism_queue_delivered_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Messages handed to queue consumers, repeated deliveries included."),
    QUEUE_ACCEPTED(
            "prism_queue_accepted_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Messages accepted: they have left their queue."),
    QUEUE_RELEASED(
            "prism_queue_released_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Messages given back to be delivered again."),
    QUEUE_DEAD_LETTERS(
            "prism_queue_dead_letters_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Messages moved to the dead letters."),
    QUEUE_LEASES_EXPIRED(
            "prism_queue_leases_expired_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Leases that ran out before the consumer settled the message."),
    QUEUE_LEASES_LOST(
            "prism_queue_leases_lost_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Leases that the backend took away."),
    QUEUE_REDRIVEN(
            "prism_queue_redriven_total",
            Kind.COUNTER,
            List.of("namespace"),
            "Dead letters put back into their queue."),
    SUBSCRIBERS(
            "prism_subscribers", Kind.GAUGE, List.of(), "Subscribe streams open on this gateway."),
    NAMESPACES("prism_namespaces", Kind.GAUGE, List.of(), "Namespaces this gateway serves."),
    INFLIGHT_BYTES(
            "prism_inflight_bytes",
            Kind.GAUGE,
            List.of(),
            "Payload bytes of publishes in flight on this gateway.");

    /** How a metric behaves. */
    public enum Kind {
        COUNTER,
        GAUGE,
        TIMER,
        SUMMARY
    }

    private final String prometheusName;
    private final String timerName;
    private final Kind kind;
    private final List<String> labels;
    private final String description;

    Metric(String prometheusName, Kind kind, List<String> labels, String description) {
        this.prometheusName = prometheusName;
        this.timerName = prometheusName.replaceAll("_seconds$", "");
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

    public Timer timer(MeterRegistry meters, String... labelValues) {
        return Timer.builder(timerName)
                .description(description)
                .tags(labelValues)
                .publishPercentileHistogram(false)
                .register(meters);
    }

    public DistributionSummary summary(MeterRegistry meters, String... labelValues) {
        return DistributionSummary.builder(prometheusName)
                .description(description)
                .tags(labelValues)
                .register(meters);
    }

    public Gauge gauge(MeterRegistry meters, Supplier<Number> value, String... labelValues) {
        return Gauge.builder(prometheusName, value)
                .description(description)
                .tags(labelValues)
                .strongReference(true)
                .register(meters);
    }
}
