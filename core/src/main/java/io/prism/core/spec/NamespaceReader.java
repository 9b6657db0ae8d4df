package io.prism.core.spec;

import io.prism.core.spec.NamespacePlan.PlannedPattern;
import io.prism.core.spec.yaml.YamlNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one namespace, checks what its parts are together, and plans it. */
final class NamespaceReader {
    private static final NamespaceName STAND_IN = new NamespaceName("unnamed");

    private final PatternsReader patternsReader;

    NamespaceReader(List<String> customPatterns) {
        this.patternsReader = new PatternsReader(customPatterns);
    }

    NamespaceDraft read(At at, Problems problems) {
        if (!(at.node() instanceof YamlNode.Mapping mapping)) {
            problems.wrong(
                    at,
                    ViolationCode.INVALID_VALUE,
                    "A namespace must be a mapping with a name",
                    List.of(),
                    "write `- name: …` and the options below it");
            return new NamespaceDraft(at, Optional.empty(), Optional.empty());
        }
        int before = problems.count();
        List<String> notes = new ArrayList<>();
        OptionValues values = NamespaceOptions.read(at, problems);
        Optional<NamespaceName> name = values.find(NamespaceOptions.NAME);
        Optional<ClientApi> api = values.find(NamespaceOptions.CLIENT_API);
        if (!values.has(NamespaceOptions.CLIENT_API)) {
            notes.add("client_api is pubsub by default");
        }

        Requirements.Compiled chain = chain(at, mapping, problems, notes);
        Optional<At> backendAt = section(at, mapping, "backend");
        Optional<BackendCatalog.Read> backend =
                BackendCatalog.read(
                        at,
                        backendAt,
                        api.orElse(ClientApi.PUBSUB),
                        name.orElse(STAND_IN),
                        chain.partitions(),
                        problems);

        ChainRules.checkTwins(chain.patterns(), problems);
        ChainRules.checkConflicts(chain.patterns(), problems);
        api.ifPresent(a -> ChainRules.checkApi(chain.patterns(), a, problems));
        if (api.isPresent() && backend.isPresent()) {
            ChainRules.checkBackend(
                    chain.patterns(),
                    api.get(),
                    backend.get().spec(),
                    backendAt.orElse(at.missing("backend")),
                    problems);
        }
        backend.ifPresent(b -> checkThroughput(chain, b.spec(), problems));
        List<PatternDraft> ordered =
                ChainRules.ordered(
                        section(at, mapping, "patterns").orElse(at), chain.patterns(), problems);
        List<PlannedPattern> planned =
                plan(
                        ordered,
                        name.orElse(STAND_IN),
                        backend.map(BackendCatalog.Read::spec),
                        problems);
        checkTogether(at, planned, backend.map(BackendCatalog.Read::spec), problems);

        Ordering ordering = values.orElse(NamespaceOptions.ORDERING, Ordering.NONE);
        if (ordering != Ordering.NONE && api.isPresent() && api.get() != ClientApi.QUEUE) {
            problems.wrong(
                    section(at, mapping, "ordering").orElse(at),
                    ViolationCode.UNUSED_OPTION,
                    "`ordering` is a queue's, and client_api is " + api.get().label(),
                    List.of(),
                    "remove it, or set client_api to queue");
        }
        List<String> tables = values.find(NamespaceOptions.TABLES).orElse(List.of());
        if (api.isPresent() && backend.isPresent()) {
            TransactRules.check(
                    api.get(),
                    tables,
                    section(at, mapping, "tables").orElse(at),
                    at,
                    backend.get().spec(),
                    planned.stream().map(PlannedPattern::spec).toList(),
                    problems);
        }
        List<CollectionSpec> declared = values.find(NamespaceOptions.COLLECTIONS).orElse(List.of());
        List<CollectionSpec> collections =
                api.isPresent() && backend.isPresent()
                        ? ReaderRules.collections(
                                api.get(),
                                declared,
                                section(at, mapping, "collections").orElse(at),
                                backend.get().spec(),
                                planned.stream().map(PlannedPattern::spec).toList(),
                                problems)
                        : declared;
        if (problems.count() > before || name.isEmpty() || api.isEmpty() || backend.isEmpty()) {
            return new NamespaceDraft(at, name, Optional.empty());
        }
        NamespaceSpec spec =
                new NamespaceSpec(
                        name.get(),
                        api.get(),
                        ordering,
                        planned.stream().map(PlannedPattern::spec).toList(),
                        backend.get().spec(),
                        new NamespaceSpec.Observability(
                                values.get(NamespaceOptions.TRACE_PATTERNS),
                                values.get(NamespaceOptions.PATTERN_METRICS)),
                        tables,
                        collections);
        if (!ordered.equals(chain.patterns())) {
            notes.add("patterns are in canonical order: " + ChainRules.list(ordered));
        }
        return new NamespaceDraft(
                at,
                name,
                Optional.of(
                        new PlanWriter(spec, planned, ordered, backend.get(), backendAt.isPresent())
                                .plan(mapping, notes)));
    }

    /** The patterns as declared, or as the requirements ask for them. */
    private Requirements.Compiled chain(
            At at, YamlNode.Mapping mapping, Problems problems, List<String> notes) {
        Optional<At> patterns = section(at, mapping, "patterns");
        Optional<At> requirements = section(at, mapping, "requirements");
        if (patterns.isPresent() && requirements.isPresent()) {
            problems.wrong(
                    requirements.get(),
                    ViolationCode.CONFLICTING_OPTIONS,
                    "`requirements` stand in place of `patterns`, and both are given",
                    List.of(),
                    "remove one of them");
        }
        List<PatternDraft> declared =
                patterns.map(p -> patternsReader.read(p, problems, notes)).orElse(List.of());
        Optional<Requirements.Compiled> required =
                requirements.map(r -> Requirements.compile(r, problems, notes));
        if (patterns.isPresent() || required.isEmpty()) {
            return new Requirements.Compiled(declared, Optional.empty(), Optional.empty());
        }
        return required.get();
    }

    private static List<PlannedPattern> plan(
            List<PatternDraft> ordered,
            NamespaceName name,
            Optional<BackendSpec> backend,
            Problems problems) {
        Map<String, OptionValues> chain = new LinkedHashMap<>();
        for (PatternDraft draft : ordered) {
            if (draft instanceof PatternDraft.BuiltIn builtIn) {
                chain.put(draft.type(), builtIn.values());
            }
        }
        // An unreadable backend is reported; it must not make patterns look wrong, too.
        Optional<BackendSpec> known =
                backend.or(() -> Optional.of(new BackendSpec.Postgres("unknown")));
        PatternContext context = new PatternContext(name, known, chain, problems);
        List<PlannedPattern> planned = new ArrayList<>();
        for (PatternDraft draft : ordered) {
            switch (draft) {
                case PatternDraft.BuiltIn builtIn -> {
                    if (!builtIn.values().broken()) {
                        builtIn.descriptor()
                                .factory()
                                .make(builtIn.values(), context)
                                .ifPresent(
                                        spec ->
                                                planned.add(
                                                        new PlannedPattern(
                                                                spec,
                                                                draft.reason(),
                                                                builtIn.values().inForce())));
                    }
                }
                case PatternDraft.Own own -> {
                    Map<String, String> texts = new LinkedHashMap<>();
                    own.options().forEach((key, value) -> texts.put(key, String.valueOf(value)));
                    planned.add(
                            new PlannedPattern(
                                    new PatternSpec.Custom(own.type(), own.options()),
                                    own.reason(),
                                    texts));
                }
            }
        }
        return planned;
    }

    private static void checkThroughput(
            Requirements.Compiled chain, BackendSpec backend, Problems problems) {
        if (chain.throughput().isPresent() && !(backend instanceof BackendSpec.Kafka)) {
            problems.wrong(
                    chain.throughput().get(),
                    ViolationCode.REQUIREMENT_NOT_MET,
                    "Throughput is met with partitions, which backend "
                            + backend.type()
                            + " does not have",
                    List.of("kafka"),
                    "use backend kafka, or remove the requirement");
        }
    }

    private static void checkTogether(
            At at, List<PlannedPattern> planned, Optional<BackendSpec> backend, Problems problems) {
        List<PatternSpec> specs = planned.stream().map(PlannedPattern::spec).toList();
        List<PatternSpec.Storage> stores = NamespaceDraft.storesOf(specs);
        if (stores.size() > 1 && stores.get(0).overlaps(stores.get(1))) {
            problems.wrong(
                    at,
                    ViolationCode.STORAGE_OVERLAP,
                    "claim-check and tiered-storage would both write under "
                            + stores.get(0).prefix(),
                    stores.get(1).prefix(),
                    List.of(),
                    "give each a prefix of its own, neither inside the other");
        }
        Optional<Duration> kept =
                backend.filter(BackendSpec.Kafka.class::isInstance)
                        .map(BackendSpec.Kafka.class::cast)
                        .flatMap(BackendSpec.Kafka::retention);
        for (PatternSpec pattern : specs) {
            if (pattern instanceof PatternSpec.ClaimCheck claims
                    && kept.isPresent()
                    && claims.cleanup()
                            .ttl()
                            .filter(t -> t.compareTo(kept.get()) < 0)
                            .isPresent()) {
                problems.warn(
                        at.path() + ".patterns",
                        WarningCode.CLAIMS_EXPIRE_FIRST,
                        "Payloads are deleted after "
                                + Units.show(claims.cleanup().ttl().orElseThrow())
                                + ", but their records are kept for "
                                + Units.show(kept.get())
                                + "; lengthen cleanup.ttl or shorten backend.retention");
            }
        }
    }

    private static Optional<At> section(At at, YamlNode.Mapping mapping, String key) {
        return mapping.entries().stream()
                .filter(entry -> entry.key().equals(key))
                .findFirst()
                .map(at::entry);
    }
}
