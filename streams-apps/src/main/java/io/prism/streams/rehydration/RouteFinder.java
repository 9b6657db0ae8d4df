package io.prism.streams.rehydration;

import io.prism.core.claim.ClaimStores;
import io.prism.core.spec.BackendSpec;
import io.prism.core.spec.ClientApi;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.RecordLimits;
import io.prism.core.spec.TopicSpace;
import io.prism.streams.rehydration.DerivedTopics.Wanted;
import io.prism.topologies.rehydration.Route;
import io.prism.topologies.rehydration.RouteTable;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From namespaces to routes. In: what namespaces declare, and which topics there are. Out: the
 * {@link RouteTable}, once the derived topics are ready. Used by one thread.
 */
final class RouteFinder {
    private static final Logger log = LoggerFactory.getLogger(RouteFinder.class);

    /** Sources may get more partitions, or their derived topics be deleted. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final DerivedTopics topics;
    private final ClaimStores stores;
    private final RouteTable routes;
    private final Map<String, Semaphore> downloads = new HashMap<>();

    /** What is known to be ready, and since when. */
    private final Map<Wanted, Long> ready = new HashMap<>();

    private record Candidate(Wanted topics, Route route) {}

    RouteFinder(DerivedTopics topics, ClaimStores stores, RouteTable routes) {
        this.topics = topics;
        this.stores = stores;
        this.routes = routes;
    }

    /**
     * Brings the routes up to date; blocks. What fails is tried again the next time, and routes
     * found before stay.
     *
     * @param now nanoseconds from any fixed moment
     */
    void refresh(Collection<NamespaceSpec> namespaces, long now) {
        List<NamespaceSpec> rehydrated =
                namespaces.stream().filter(spec -> rehydrate(spec).isPresent()).toList();
        Map<String, Candidate> candidates = new TreeMap<>();
        if (!rehydrated.isEmpty()) {
            Set<String> existing = topics.existing();
            rehydrated.forEach(spec -> addCandidates(spec, existing, candidates));
        }
        ready.keySet().retainAll(candidates.values().stream().map(Candidate::topics).toList());
        ready.values().removeIf(since -> now - since > LOOK_AGAIN.toNanos());
        List<Wanted> open =
                candidates.values().stream()
                        .map(Candidate::topics)
                        .filter(pair -> !ready.containsKey(pair))
                        .toList();
        if (!open.isEmpty()) {
            topics.ensure(open).forEach(pair -> ready.put(pair, now));
        }
        Map<String, Route> found = new TreeMap<>();
        candidates.forEach(
                (source, candidate) -> {
                    if (ready.containsKey(candidate.topics())) {
                        found.put(source, candidate.route());
                    }
                });
        routes.replace(found);
    }

    private void addCandidates(
            NamespaceSpec spec, Set<String> existing, Map<String, Candidate> candidates) {
        BackendSpec.Kafka kafka =
                spec.backend() instanceof BackendSpec.Kafka declared
                        ? declared
                        : BackendSpec.Kafka.defaults(spec.name());
        PatternSpec.ClaimCheck claims = spec.pattern(PatternSpec.ClaimCheck.class).orElseThrow();
        PatternSpec.Rehydrate rehydrate = claims.rehydrate().orElseThrow();
        TopicSpace space = TopicSpace.of(kafka);
        for (String source : existing) {
            if (space.topicOf(source).isPresent()) {
                Wanted pair =
                        new Wanted(
                                source,
                                rehydrate.derivedFrom(source),
                                RecordLimits.rehydratedTopic(spec, rehydrate),
                                kafka.retention());
                candidates.put(source, candidate(spec, claims, rehydrate, pair));
            }
        }
    }

    private Candidate candidate(
            NamespaceSpec spec,
            PatternSpec.ClaimCheck claims,
            PatternSpec.Rehydrate rehydrate,
            Wanted pair) {
        String name = spec.name().value();
        return new Candidate(
                pair,
                new Route(
                        name,
                        pair.source(),
                        pair.target(),
                        rehydrate.maxSize().bytes(),
                        claims.metadataField(),
                        stores.of(spec.name(), claims),
                        claims.cleanup().strategy() == PatternSpec.Cleanup.Strategy.ON_CONSUME,
                        downloads.computeIfAbsent(
                                name + " " + rehydrate.parallelism(),
                                any -> new Semaphore(rehydrate.parallelism(), true))));
    }

    private static Optional<PatternSpec.Rehydrate> rehydrate(NamespaceSpec spec) {
        boolean hasTopics =
                spec.backend() instanceof BackendSpec.Kafka || spec.api() == ClientApi.TRANSACT;
        return spec.pattern(PatternSpec.ClaimCheck.class)
                .filter(claims -> hasTopics)
                .flatMap(PatternSpec.ClaimCheck::rehydrate);
    }

    /** As {@link #refresh}, for a loop: failures are logged. Returns whether there was none. */
    boolean tryRefresh(Collection<NamespaceSpec> namespaces, long now) {
        try {
            refresh(namespaces, now);
            return true;
        } catch (RuntimeException failure) {
            log.atWarn().setMessage("routes cannot be found now").setCause(failure).log();
            return false;
        }
    }
}
