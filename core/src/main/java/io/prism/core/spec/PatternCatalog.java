package io.prism.core.spec;

import static io.prism.core.spec.ClientApi.PUBSUB;
import static io.prism.core.spec.ClientApi.QUEUE;
import static io.prism.core.spec.ClientApi.READER;
import static io.prism.core.spec.ClientApi.TRANSACT;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The built-in patterns and what goes with what: the composition matrix in code.
 *
 * <p>The canonical order is the order of a publish: a transaction is opened before a payload is
 * stored, a payload is stored before the record is logged, and what is logged moves to colder
 * tiers. Capture, caches and views follow what was written.
 */
final class PatternCatalog {
    private static final List<String> KAFKA = List.of("kafka");
    private static final List<String> POSTGRES = List.of("postgres");
    private static final List<String> REDIS = List.of("redis");
    private static final ClientApi CACHE_API = ClientApi.CACHE;
    private static final List<String> TABLES_OR_LOG = List.of("postgres", "kafka");

    private static final PatternDescriptor OUTBOX =
            new PatternDescriptor(
                    PatternSpec.Outbox.TYPE,
                    1,
                    10,
                    "Message and data commit together in a database; a relay publishes what"
                            + " committed.",
                    Map.of(PUBSUB, KAFKA, QUEUE, KAFKA, TRANSACT, TABLES_OR_LOG),
                    OutboxOptions.ALL,
                    Map.of(),
                    OutboxOptions::spec);

    private static final PatternDescriptor EVENT_SOURCING =
            new PatternDescriptor(
                    PatternSpec.EventSourcing.TYPE,
                    1,
                    20,
                    "State is the fold of a stream of events.",
                    Map.of(TRANSACT, TABLES_OR_LOG, READER, POSTGRES),
                    LogOptions.EVENT_SOURCING,
                    Map.of(),
                    LogOptions::eventSourcing);

    private static final PatternDescriptor CLAIM_CHECK =
            new PatternDescriptor(
                    PatternSpec.ClaimCheck.TYPE,
                    1,
                    30,
                    "Payloads larger than a threshold go to object storage; the record carries a"
                            + " claim.",
                    Map.of(
                            PUBSUB,
                            List.of("kafka", "nats"),
                            QUEUE,
                            List.of("kafka", "nats"),
                            TRANSACT,
                            TABLES_OR_LOG),
                    ClaimCheckOptions.ALL,
                    Map.of("storage", "storage.backend", "rehydrate", "rehydrate.enabled"),
                    ClaimCheckOptions::spec);

    private static final PatternDescriptor WAL =
            new PatternDescriptor(
                    PatternSpec.Wal.TYPE,
                    1,
                    40,
                    "Writes are appended to a log first and applied to the backend afterwards.",
                    Map.of(PUBSUB, KAFKA, QUEUE, List.of("kafka", "postgres")),
                    LogOptions.WAL,
                    Map.of(),
                    LogOptions::wal);

    private static final PatternDescriptor TIERED_STORAGE =
            new PatternDescriptor(
                    PatternSpec.TieredStorage.TYPE,
                    1,
                    50,
                    "Old records move to cheaper storage and stay readable.",
                    Map.of(
                            PUBSUB,
                            KAFKA,
                            QUEUE,
                            List.of("kafka", "postgres", "redis"),
                            TRANSACT,
                            TABLES_OR_LOG),
                    LogOptions.TIERED_STORAGE,
                    Map.of("storage", "storage.backend"),
                    LogOptions::tieredStorage);

    private static final PatternDescriptor CACHE =
            new PatternDescriptor(
                    PatternSpec.Cache.TYPE,
                    1,
                    60,
                    "Rows are served from a cache.",
                    Map.of(READER, POSTGRES, CACHE_API, REDIS),
                    CacheOptions.ALL,
                    CacheOptions.SHORTHANDS,
                    CacheOptions::spec);

    private static final PatternDescriptor CDC =
            new PatternDescriptor(
                    PatternSpec.Cdc.TYPE,
                    1,
                    70,
                    "Row changes of tables become records, and consumers act on them.",
                    Map.of(READER, POSTGRES, PUBSUB, KAFKA),
                    CdcOptions.ALL,
                    Map.of("source", "source.backend", "sink", "sink.backend"),
                    CdcOptions::spec);

    private static final PatternDescriptor CQRS =
            new PatternDescriptor(
                    PatternSpec.Cqrs.TYPE,
                    1,
                    80,
                    "Views for reading are built from what is written.",
                    Map.of(TRANSACT, TABLES_OR_LOG, READER, POSTGRES),
                    LogOptions.CQRS,
                    Map.of(),
                    LogOptions::cqrs);

    /** In canonical order. */
    static final List<PatternDescriptor> ALL =
            List.of(OUTBOX, EVENT_SOURCING, CLAIM_CHECK, WAL, TIERED_STORAGE, CACHE, CDC, CQRS);

    /**
     * Pairs that mean the same in either order. People draw claim-check before outbox, because the
     * payload is stored first; the transaction still wraps both. Capture runs beside the chain.
     */
    private static final List<Set<String>> INTERCHANGEABLE =
            List.of(Set.of(PatternSpec.Outbox.TYPE, PatternSpec.ClaimCheck.TYPE));

    /** Pairs that contradict each other, and why. */
    static final Map<Set<String>, String> CONFLICTS =
            Map.of(
                    Set.of(PatternSpec.Outbox.TYPE, PatternSpec.Wal.TYPE),
                    "both decide when a publish is acknowledged: after the database's commit, or"
                            + " before the database is written at all");

    private PatternCatalog() {}

    static Optional<PatternDescriptor> find(String type) {
        return ALL.stream().filter(pattern -> pattern.type().equals(type)).findFirst();
    }

    static List<String> types() {
        return ALL.stream().map(PatternDescriptor::type).toList();
    }

    static boolean interchangeable(PatternDescriptor a, PatternDescriptor b) {
        Set<String> pair = Set.copyOf(List.of(a.type(), b.type()));
        return pair.contains(CDC.type()) || INTERCHANGEABLE.contains(pair);
    }
}
