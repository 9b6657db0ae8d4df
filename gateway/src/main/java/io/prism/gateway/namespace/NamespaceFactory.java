package io.prism.gateway.namespace;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.prism.core.cache.RedisConfig;
import io.prism.core.cdc.Capture;
import io.prism.core.database.Databases;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.BackendSpec;
import io.prism.core.spec.ClientApi;
import io.prism.core.spec.NamespacePlan;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.ParsedDocument.Warning;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.TopicSpace;
import io.prism.core.trace.Traces;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.pattern.ChainWatch;
import io.prism.gateway.pattern.Pattern;
import io.prism.gateway.pattern.PatternContext;
import io.prism.gateway.pattern.PatternProvider;
import io.prism.gateway.publish.Deduplicator;
import io.prism.gateway.publish.Publisher;
import io.prism.gateway.transact.table.TransactSchema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Turns plans into what can be served, with the patterns and the backend this gateway has.
 * Thread-safe.
 */
public final class NamespaceFactory {
    /** The APIs this gateway serves so far. */
    private static final Set<ClientApi> SERVED =
            EnumSet.of(
                    ClientApi.PUBSUB,
                    ClientApi.QUEUE,
                    ClientApi.TRANSACT,
                    ClientApi.READER,
                    ClientApi.CACHE);

    private static final Set<String> BUILT_IN =
            Set.of(
                    PatternSpec.ClaimCheck.TYPE,
                    PatternSpec.Outbox.TYPE,
                    PatternSpec.Cdc.TYPE,
                    PatternSpec.Cache.TYPE,
                    PatternSpec.TieredStorage.TYPE,
                    PatternSpec.Wal.TYPE,
                    PatternSpec.EventSourcing.TYPE,
                    PatternSpec.Cqrs.TYPE);

    private final Map<String, PatternProvider> providers = new TreeMap<>();
    private final PatternContext context;
    private final PatternContext unmeasured;
    private final Traces traces;
    private final TransactSchema transactions;
    private final Databases databases;
    private final LogBackend backend;
    private final Deduplicator deduplicator;
    private final TimeOrderedIds ids;
    private final TopicSettingsOf settings;
    private final String bootstrap;

    /**
     * @param standalone brokers and replication that a namespace declares are replaced, with a
     *     warning
     */
    public NamespaceFactory(
            Iterable<PatternProvider> providers,
            PatternContext context,
            Traces traces,
            TransactSchema transactions,
            Databases databases,
            LogBackend backend,
            Deduplicator deduplicator,
            TimeOrderedIds ids,
            String bootstrap,
            boolean standalone) {
        providers.forEach(
                provider -> {
                    PatternProvider other =
                            this.providers.put(provider.metadata().name(), provider);
                    if (other != null) {
                        throw new PrismException(
                                ErrorCode.CONFIGURATION_INVALID,
                                "pattern "
                                        + provider.metadata().name()
                                        + " is provided twice, by "
                                        + other.getClass().getName()
                                        + " and "
                                        + provider.getClass().getName()
                                        + ": remove one from the class path");
                    }
                });
        this.context = context;
        // Without a registry in it, its meters do nothing.
        this.unmeasured = context.withMeters(new CompositeMeterRegistry());
        this.traces = traces;
        this.transactions = transactions;
        this.databases = databases;
        this.backend = backend;
        this.deduplicator = deduplicator;
        this.ids = ids;
        this.settings = new TopicSettingsOf(standalone);
        this.bootstrap = bootstrap;
    }

    List<String> customPatterns() {
        return providers.keySet().stream().filter(name -> !BUILT_IN.contains(name)).toList();
    }

    List<String> unavailable(NamespacePlan plan) {
        return plan.spec().patterns().stream()
                .map(PatternSpec::type)
                .filter(type -> !providers.containsKey(type))
                .toList();
    }

    /** Throws if this gateway cannot serve the plan; warns of what it does differently. */
    void checkCanServe(NamespacePlan plan, List<Warning> warnings) {
        NamespaceSpec spec = plan.spec();
        List<String> missing = unavailable(plan);
        if (!missing.isEmpty()) {
            throw new PrismException(
                            ErrorCode.PATTERN_NOT_AVAILABLE,
                            "namespace "
                                    + spec.name()
                                    + " is valid, but this version of Prism cannot run "
                                    + String.join(", ", missing)
                                    + " yet; it has "
                                    + String.join(", ", providers.keySet()))
                    .with("namespace", spec.name())
                    .with("patterns", String.join(",", missing));
        }
        if (!SERVED.contains(spec.api())) {
            throw new PrismException(
                            ErrorCode.API_NOT_SERVED,
                            "namespace "
                                    + spec.name()
                                    + " is valid, but this version of Prism does not serve"
                                    + " client_api "
                                    + spec.api().label()
                                    + " yet; it serves pubsub, queue, transact, reader and cache")
                    .with("client_api", spec.api().label());
        }
        BackendSpec.Kafka kafka = kafka(spec);
        boolean ours =
                kafka.brokers().isEmpty()
                        || kafka.brokers().stream()
                                .anyMatch(Arrays.asList(bootstrap.split(","))::contains);
        if (!ours && !settings.embedded()) {
            throw new PrismException(
                            ErrorCode.BACKEND_REFUSED,
                            "namespace "
                                    + spec.name()
                                    + " declares brokers "
                                    + kafka.brokers()
                                    + ", but this gateway's cluster is "
                                    + bootstrap
                                    + ": leave brokers out, or create it on a gateway of that"
                                    + " cluster")
                    .with("namespace", spec.name());
        }
        if (settings.embedded() && (!ours || kafka.replication().orElse(1) > 1)) {
            warnings.add(
                    new Warning(
                            spec.name() + ".backend",
                            "EMBEDDED_BACKEND",
                            "brokers and replication are not used here: this Prism runs on its own"
                                    + " embedded broker"));
        }
    }

    /** Makes the plan's topics and what its patterns need. Idempotent; blocks. */
    void prepare(NamespacePlan plan) {
        for (PatternSpec pattern : plan.spec().patterns()) {
            provider(pattern).prepare(plan.spec(), pattern, context);
        }
        if (plan.spec().api() == ClientApi.TRANSACT) {
            transactions.prepare(plan.spec());
        }
        if (plan.spec().api() == ClientApi.READER) {
            // An embedded database is made by who asks for it; readers only read.
            plan.spec().database().ifPresent(name -> Objects.requireNonNull(databases.get(name)));
        }
        BackendSpec.Kafka kafka = kafka(plan.spec());
        kafka.topic()
                .ifPresent(
                        topic -> {
                            settings.rehydrated(plan.spec(), kafka, topic)
                                    .ifPresent(backend::ensureTopic);
                            backend.ensureTopic(settings.of(plan.spec(), kafka, topic));
                        });
    }

    ServedNamespace serve(NamespacePlan plan, Instant createdAt) {
        checkCanServe(plan, new ArrayList<>());
        NamespaceSpec spec = plan.spec();
        PatternContext watched = spec.observability().patternMetrics() ? context : unmeasured;
        List<Pattern> patterns =
                spec.patterns().stream()
                        .map(pattern -> provider(pattern).create(spec, pattern, watched))
                        .toList();
        return new ServedNamespace(
                plan,
                kafka(spec),
                createdAt,
                settings,
                backend,
                context.journals().of(spec),
                patterns,
                context.blocking(),
                (made, topics, maxInline, metadataField) ->
                        new Publisher(
                                spec.name().value(),
                                metadataField,
                                maxInline,
                                topics,
                                made,
                                backend,
                                deduplicator,
                                ids,
                                context.meters(),
                                new ChainWatch(
                                        watched.meters(),
                                        traces,
                                        spec.observability().tracePatterns())));
    }

    /**
     * Checks that what a namespace's deletion must not leave behind can be removed; blocks. Values
     * without a ttl would be found by the next namespace of that name.
     *
     * @throws PrismException CACHE_UNAVAILABLE
     */
    void checkCanDeleteData(NamespacePlan plan) {
        if (plan.spec().api() == ClientApi.CACHE) {
            context.rows()
                    .checkAnswers(
                            plan.spec()
                                    .pattern(PatternSpec.Cache.class)
                                    .map(PatternSpec.Cache::backend)
                                    .orElse(RedisConfig.DEFAULT));
        }
    }

    /** Waits some ten seconds at most until nobody reads what {@link #deleteData} removes. */
    void awaitUnread(NamespacePlan plan) {
        Capture.of(plan.spec()).ifPresent(context.captures()::awaitUnread);
    }

    /**
     * Removes everything {@link #prepare} and use have made.
     *
     * @param others the namespaces there are when it is asked
     */
    void deleteData(NamespacePlan plan, Supplier<List<NamespaceSpec>> others) {
        BackendSpec.Kafka kafka = kafka(plan.spec());
        TopicSpace topics = TopicSpace.of(kafka);
        Set<String> names =
                topics.onlyTopic().isPresent()
                        ? new TreeSet<>(List.of(topics.onlyTopic().get()))
                        : new TreeSet<>(backend.topics(kafka.topicPrefix() + "."));
        topics.onlyTopic()
                .flatMap(topic -> settings.rehydrated(plan.spec(), kafka, topic))
                .ifPresent(derived -> names.add(derived.topic()));
        backend.deleteTopics(names);
        for (PatternSpec pattern : plan.spec().patterns()) {
            provider(pattern).deleteData(plan.spec(), pattern, others, context);
        }
        if (plan.spec().api() == ClientApi.TRANSACT) {
            transactions.remove(plan.spec());
        }
        if (plan.spec().api() == ClientApi.CACHE) {
            context.rows().erase(plan.spec().name(), RedisConfig.DEFAULT);
        }
    }

    private PatternProvider provider(PatternSpec pattern) {
        return Optional.ofNullable(providers.get(pattern.type()))
                .orElseThrow(
                        () ->
                                new PrismException(
                                        ErrorCode.PATTERN_NOT_AVAILABLE,
                                        "pattern " + pattern.type() + " is not available"));
    }

    /** Where a namespace's messages are, or where they were if it had any. */
    private static BackendSpec.Kafka kafka(NamespaceSpec spec) {
        if (spec.api() == ClientApi.CACHE && spec.backend().type().equals("redis")) {
            return BackendSpec.Kafka.defaults(spec.name());
        }
        return spec.log()
                .orElseThrow(
                        () ->
                                new PrismException(
                                        ErrorCode.BACKEND_REFUSED,
                                        "namespace "
                                                + spec.name()
                                                + " stands on "
                                                + spec.backend().type()
                                                + ", which this version of Prism does not serve"
                                                + " yet; it serves kafka"));
    }
}
