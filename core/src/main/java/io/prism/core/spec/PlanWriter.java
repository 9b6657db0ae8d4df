package io.prism.core.spec;

import io.prism.core.spec.NamespacePlan.BackendObject;
import io.prism.core.spec.NamespacePlan.PlannedPattern;
import io.prism.core.spec.yaml.Place;
import io.prism.core.spec.yaml.YamlNode;
import io.prism.core.spec.yaml.YamlWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes down what a valid namespace comes to, for the registry and for people. */
final class PlanWriter {
    /** What the gateway's own bucket is called in a plan; no bucket can have that name. */
    private static final String DEFAULT_BUCKET = "(the gateway's default bucket)";

    private final NamespaceSpec spec;
    private final List<PlannedPattern> patterns;
    private final List<PatternDraft> drafts;
    private final BackendCatalog.Read backend;
    private final boolean backendDeclared;

    PlanWriter(
            NamespaceSpec spec,
            List<PlannedPattern> patterns,
            List<PatternDraft> drafts,
            BackendCatalog.Read backend,
            boolean backendDeclared) {
        this.spec = spec;
        this.patterns = patterns;
        this.drafts = drafts;
        this.backend = backend;
        this.backendDeclared = backendDeclared;
    }

    NamespacePlan plan(YamlNode.Mapping declared, List<String> decisions) {
        List<String> notes = new ArrayList<>(decisions);
        addNotes(notes);
        return new NamespacePlan(
                spec, source(declared), List.copyOf(patterns), objects(), List.copyOf(notes));
    }

    /** The namespace as declared, alone in a document. */
    private static String source(YamlNode.Mapping declared) {
        YamlNode list = new YamlNode.Sequence(List.of(declared), Place.NONE);
        return YamlWriter.write(
                new YamlNode.Mapping(
                        List.of(new YamlNode.Entry("namespaces", list, Place.NONE)), Place.NONE));
    }

    private List<BackendObject> objects() {
        List<BackendObject> objects = new ArrayList<>();
        switch (spec.backend()) {
            case BackendSpec.Kafka kafka -> objects.add(topics(kafka));
            case BackendSpec.Postgres ignored -> {
                if (spec.api() == ClientApi.TRANSACT) {
                    objects.add(topics(BackendSpec.Kafka.defaults(spec.name())));
                }
            }
            case BackendSpec.Other ignored -> {}
        }
        for (PatternSpec pattern : spec.patterns()) {
            switch (pattern) {
                case PatternSpec.ClaimCheck claims -> {
                    objects.add(bucket(claims.storage()));
                    claims.rehydrate().map(this::derived).ifPresent(objects::add);
                }
                case PatternSpec.TieredStorage tiers -> objects.add(bucket(tiers.storage()));
                case PatternSpec.Cdc cdc -> objects.add(topic(cdc.topic(spec.name())));
                case PatternSpec.Wal wal ->
                        wal.topic().map(PlanWriter::topic).ifPresent(objects::add);
                case PatternSpec.EventSourcing events ->
                        events.topic().map(PlanWriter::topic).ifPresent(objects::add);
                case PatternSpec.Outbox ignored -> {}
                case PatternSpec.Cache ignored -> {}
                case PatternSpec.Cqrs ignored -> {}
                case PatternSpec.Custom ignored -> {}
            }
        }
        return List.copyOf(objects);
    }

    private static BackendObject topics(BackendSpec.Kafka kafka) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("partitions", String.valueOf(kafka.partitions()));
        kafka.replication().ifPresent(r -> settings.put("replication", String.valueOf(r)));
        kafka.retention().ifPresent(r -> settings.put("retention", Units.show(r)));
        return kafka.topic()
                .map(topic -> new BackendObject("topic", topic, settings))
                .orElseGet(
                        () ->
                                new BackendObject(
                                        "topic-prefix", kafka.topicPrefix() + ".", settings));
    }

    private BackendObject derived(PatternSpec.Rehydrate rehydrate) {
        BackendSpec.Kafka kafka =
                spec.backend() instanceof BackendSpec.Kafka declared
                        ? declared
                        : BackendSpec.Kafka.defaults(spec.name());
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("partitions", String.valueOf(kafka.partitions()));
        settings.put("max_size", rehydrate.maxSize().toString());
        return kafka.topic()
                .map(topic -> new BackendObject("topic", rehydrate.derivedFrom(topic), settings))
                .orElseGet(
                        () ->
                                new BackendObject(
                                        "topics",
                                        rehydrate.derivedFrom(kafka.topicPrefix() + ".*"),
                                        settings));
    }

    private static BackendObject topic(String name) {
        return new BackendObject("topic", name, Map.of());
    }

    private static BackendObject bucket(PatternSpec.Storage storage) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("prefix", storage.prefix());
        storage.endpoint().ifPresent(endpoint -> settings.put("endpoint", endpoint));
        storage.region().ifPresent(region -> settings.put("region", region));
        return new BackendObject("bucket", storage.bucket().orElse(DEFAULT_BUCKET), settings);
    }

    private void addNotes(List<String> notes) {
        if (!backendDeclared) {
            notes.add(
                    "backend is "
                            + spec.backend().type()
                            + ", the default for client_api "
                            + spec.api().label());
        }
        if (spec.api() == ClientApi.TRANSACT) {
            notes.add(
                    spec.backend() instanceof BackendSpec.Postgres postgres
                            ? "data is written to database "
                                    + postgres.database()
                                    + "; messages go to kafka under "
                                    + spec.name()
                                    + "."
                            : "messages go to kafka; data is written to the outbox's database");
            notes.add(
                    spec.tables().isEmpty()
                            ? "no tables are declared, so transactions write none"
                            : "transactions may write " + String.join(", ", spec.tables()));
        }
        if (spec.api() == ClientApi.READER) {
            notes.add(
                    spec.collections().isEmpty()
                            ? "no collections are declared, so there is nothing to read"
                            : "readers read "
                                    + spec.collections().stream()
                                            .map(CollectionSpec::toString)
                                            .collect(Collectors.joining(", ")));
        }
        List<String> settings = backend.values().defaulted();
        if (!settings.isEmpty()) {
            notes.add("backend defaults: " + String.join(", ", settings));
        }
        for (PatternDraft draft : drafts) {
            if (draft instanceof PatternDraft.BuiltIn builtIn) {
                List<String> defaults = builtIn.values().defaulted();
                if (!defaults.isEmpty()) {
                    notes.add(draft.type() + " defaults: " + String.join(", ", defaults));
                }
            }
        }
        Optional<PatternSpec.ClaimCheck> claims = spec.pattern(PatternSpec.ClaimCheck.class);
        claims.map(PatternSpec.ClaimCheck::threshold)
                .filter(t -> t.compareTo(ClaimCheckOptions.DEFAULT_THRESHOLD) > 0)
                .ifPresent(
                        threshold ->
                                notes.add(
                                        "records hold payloads of up to "
                                                + threshold
                                                + ": topics, brokers and consumers must allow"
                                                + " max.message.bytes of that and some headers"));
        claims.flatMap(PatternSpec.ClaimCheck::rehydrate)
                .ifPresent(
                        rehydrate ->
                                notes.add(
                                        "payloads of up to "
                                                + rehydrate.maxSize()
                                                + " are put back into the records of the derived"
                                                + " topics, whose max.message.bytes is that and"
                                                + " 256KiB; larger ones stay claims with a"
                                                + " prism-payload-url"));
        if (spec.backend() instanceof BackendSpec.Kafka kafka && !kafka.brokers().isEmpty()) {
            notes.add("backend.brokers is for the record; the gateway serves its own cluster");
        }
    }
}
