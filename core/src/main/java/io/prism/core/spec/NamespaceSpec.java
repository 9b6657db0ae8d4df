package io.prism.core.spec;

import java.util.List;
import java.util.Optional;

/**
 * One namespace, valid and with its defaults filled in.
 *
 * @param ordering of a queue; NONE for every other API
 * @param patterns in canonical order: the order in which a publish passes them
 * @param tables that transactions may write, each by its name alone or with its schema
 * @param collections that readers may read
 */
public record NamespaceSpec(
        NamespaceName name,
        ClientApi api,
        Ordering ordering,
        List<PatternSpec> patterns,
        BackendSpec backend,
        Observability observability,
        List<String> tables,
        List<CollectionSpec> collections) {
    public NamespaceSpec {
        patterns = List.copyOf(patterns);
        tables = List.copyOf(tables);
        collections = List.copyOf(collections);
    }

    /** What is traced and measured for the namespace. */
    public record Observability(boolean tracePatterns, boolean patternMetrics) {
        public static final Observability DEFAULT = new Observability(true, true);
    }

    /** The pattern of that type, if the namespace has it. */
    public <P extends PatternSpec> Optional<P> pattern(Class<P> type) {
        return patterns.stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /** Where its messages are in Kafka; empty where it has none there. */
    public Optional<BackendSpec.Kafka> log() {
        return backend instanceof BackendSpec.Kafka declared
                ? Optional.of(declared)
                : api == ClientApi.TRANSACT || isReaderOfTables()
                        ? Optional.of(BackendSpec.Kafka.defaults(name))
                        : Optional.empty();
    }

    private boolean isReaderOfTables() {
        return api == ClientApi.READER && backend instanceof BackendSpec.Postgres;
    }

    /**
     * The database that transactions write and readers read: the backend's, or where messages are
     * the backend that of their outbox. Empty where there is none.
     */
    public Optional<String> database() {
        return backend instanceof BackendSpec.Postgres postgres
                ? Optional.of(postgres.database())
                : pattern(PatternSpec.Outbox.class).map(PatternSpec.Outbox::database);
    }
}
