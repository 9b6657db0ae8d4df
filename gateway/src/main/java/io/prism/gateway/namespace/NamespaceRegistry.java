package io.prism.gateway.namespace;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceDocuments;
import io.prism.core.spec.NamespacePlan;
import io.prism.core.spec.ParsedDocument;
import io.prism.core.spec.ParsedDocument.Warning;
import io.prism.core.table.StoredNamespace;
import io.prism.gateway.table.StateTable;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All namespaces, as the shared table has them, served by this gateway. Thread-safe. */
public final class NamespaceRegistry implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NamespaceRegistry.class);

    private final StateTable table;
    private final NamespaceDocuments documents;
    private final NamespaceFactory factory;
    private final Clock clock;
    private final Map<String, Served> served = new ConcurrentHashMap<>();
    private volatile Consumer<String> whenGone = name -> {};

    private record Served(String stored, ServedNamespace namespace) {}

    /** What reads a namespace, as its deletion deals with it. */
    public interface Readers {
        /** Before a namespace goes with its data. If this fails, the namespace stays. */
        void forget();

        /**
         * After it has gone; other gateways follow in a moment. What fails here does not keep its
         * data.
         *
         * @param gone false once somebody has made another of its name
         */
        void end(BooleanSupplier gone);
    }

    /** What a creation made. */
    public record Created(List<ServedNamespace> namespaces, List<Warning> warnings) {}

    public NamespaceRegistry(StateTable table, NamespaceFactory factory, Clock clock) {
        this.table = table;
        this.documents = new NamespaceDocuments(factory.customPatterns());
        this.factory = factory;
        this.clock = clock;
        table.onChange(this::follow);
    }

    /** The namespace of that name; NAMESPACE_NOT_FOUND if there is none. */
    public ServedNamespace get(String name) {
        Served found = served.get(name);
        if (found == null) {
            throw new PrismException(
                            ErrorCode.NAMESPACE_NOT_FOUND,
                            "there is no namespace "
                                    + name
                                    + "; create it with AdminService.CreateNamespace")
                    .with("namespace", name);
        }
        return found.namespace();
    }

    /** By name. */
    public Collection<ServedNamespace> all() {
        TreeMap<String, ServedNamespace> sorted = new TreeMap<>();
        served.forEach((name, entry) -> sorted.put(name, entry.namespace()));
        return sorted.values();
    }

    public ParsedDocument validate(String document) {
        return documents.read(document);
    }

    /** What a call with an invalid document fails with: everything that is wrong with it. */
    public static PrismException invalid(ParsedDocument parsed) {
        return new InvalidDocumentException(parsed.violations());
    }

    /** The patterns of a plan that this gateway cannot run. */
    public List<String> unavailable(NamespacePlan plan) {
        return factory.unavailable(plan);
    }

    /**
     * Creates a document's namespaces, all or none. When this returns they are durable and can be
     * used here, with their topics and buckets made. Blocks.
     */
    public Created create(String document) {
        ParsedDocument parsed = documents.read(document);
        if (!parsed.valid()) {
            throw invalid(parsed);
        }
        List<Warning> warnings = new ArrayList<>(parsed.warnings());
        List<NamespacePlan> plans = parsed.plans();
        for (NamespacePlan plan : plans) {
            factory.checkCanServe(plan, warnings);
        }
        Conflicts.check(plans, existing());
        // What is made before the announcement and not announced is empty, and made again by the
        // next attempt.
        plans.forEach(factory::prepare);
        table.update(
                current -> {
                    Map<String, Optional<String>> changes = new HashMap<>();
                    Conflicts.check(plans, plansOf(current));
                    for (NamespacePlan plan : plans) {
                        changes.put(
                                plan.spec().name().value(),
                                Optional.of(
                                        new StoredNamespace(plan.source(), clock.instant())
                                                .toJson()));
                    }
                    return changes;
                });
        follow();
        plans.forEach(this::prepareAgain);
        return new Created(
                plans.stream().map(p -> get(p.spec().name().value())).toList(), warnings);
    }

    /** From the announcement on nobody removes what the namespace shares with others. */
    private void prepareAgain(NamespacePlan plan) {
        try {
            factory.prepare(plan);
        } catch (PrismException e) {
            // It was made a moment ago; the namespace is announced whatever this says.
            log.atWarn()
                    .setMessage("a namespace could not be looked after a second time")
                    .addKeyValue("namespace", plan.spec().name())
                    .setCause(e)
                    .log();
        }
    }

    /**
     * Forgets a namespace; with its data, if asked. Blocks.
     *
     * @param readers what reads it
     */
    public void delete(String name, boolean withData, Readers readers) {
        ServedNamespace namespace = get(name);
        if (withData) {
            // What fails from here on cannot be repeated.
            factory.checkCanDeleteData(namespace.plan());
            readers.forget();
        }
        table.update(
                current -> {
                    if (!current.containsKey(name)) {
                        throw new PrismException(
                                ErrorCode.NAMESPACE_NOT_FOUND, "there is no namespace " + name);
                    }
                    return Map.of(name, Optional.empty());
                });
        follow();
        readers.end(() -> !table.snapshot().containsKey(name));
        if (withData) {
            factory.awaitUnread(namespace.plan());
            checkNobodyHas(namespace.plan());
            factory.deleteData(
                    namespace.plan(), () -> existing().stream().map(NamespacePlan::spec).toList());
        }
    }

    /** What was made meanwhile in the same place must not lose its data. */
    private void checkNobodyHas(NamespacePlan deleted) {
        try {
            Conflicts.check(List.of(deleted), plansOf(table.snapshot()));
        } catch (PrismException e) {
            throw new PrismException(
                            e.code(),
                            "namespace "
                                    + deleted.spec().name()
                                    + " was deleted, but its data stays, since somebody made another"
                                    + " in its place meanwhile: "
                                    + e.getMessage(),
                            e)
                    .with("namespace", deleted.spec().name().value());
        }
    }

    /**
     * Sets what is told of each namespace that is not served here any more, whichever gateway
     * deleted it; must not block.
     */
    public void whenGone(Consumer<String> listener) {
        whenGone = listener;
    }

    /** Housekeeping of all namespaces, one after the other; blocks. */
    public void maintain() {
        for (ServedNamespace namespace : all()) {
            try {
                namespace.maintain();
            } catch (RuntimeException e) {
                log.atWarn()
                        .setMessage("housekeeping failed; trying again later")
                        .addKeyValue("namespace", namespace.name())
                        .setCause(e)
                        .log();
            }
        }
    }

    private List<NamespacePlan> existing() {
        return all().stream().map(ServedNamespace::plan).toList();
    }

    private List<NamespacePlan> plansOf(Map<String, String> stored) {
        return stored.values().stream()
                .flatMap(
                        json ->
                                documents
                                        .read(StoredNamespace.fromJson(json).source())
                                        .plans()
                                        .stream())
                .toList();
    }

    /** Brings what is served in line with the table. */
    private synchronized void follow() {
        // Looked at in here, so that of two followers the later one never sees the older state.
        Map<String, String> stored = table.snapshot();
        served.keySet().stream()
                .filter(name -> !stored.containsKey(name))
                .toList()
                .forEach(
                        name -> {
                            Served gone = served.remove(name);
                            if (gone != null) {
                                gone.namespace().close();
                                whenGone.accept(name);
                            }
                        });
        stored.forEach(
                (name, json) -> {
                    Served known = served.get(name);
                    if (known != null && known.stored().equals(json)) {
                        return;
                    }
                    try {
                        serve(name, json);
                        if (known != null) {
                            known.namespace().close();
                        }
                    } catch (RuntimeException e) {
                        log.atError()
                                .setMessage("a namespace in the shared table cannot be served")
                                .addKeyValue("namespace", name)
                                .setCause(e)
                                .log();
                    }
                });
    }

    private void serve(String name, String json) {
        StoredNamespace stored = StoredNamespace.fromJson(json);
        ParsedDocument parsed = documents.read(stored.source());
        if (parsed.plans().size() != 1) {
            throw new InvalidDocumentException(parsed.violations());
        }
        served.put(
                name,
                new Served(json, factory.serve(parsed.plans().getFirst(), stored.createdAt())));
    }

    @Override
    public void close() {
        served.values().forEach(entry -> entry.namespace().close());
        table.close();
    }
}
