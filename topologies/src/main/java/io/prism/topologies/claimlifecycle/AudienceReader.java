package io.prism.topologies.claimlifecycle;

import io.prism.core.claim.lifecycle.ClaimEvent;
import io.prism.core.error.PrismException;
import io.prism.core.spec.BackendSpec;
import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.PatternSpec.Cleanup;
import io.prism.core.spec.TopicSpace;
import io.prism.core.table.StoredSubscription;
import io.prism.topologies.claimlifecycle.Audience.DurableSubscription;
import io.prism.topologies.claimlifecycle.Audience.Terms;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads namespaces and the table of subscriptions as an audience. A subscription that cannot be
 * read (another version wrote it) counts as one to everything; claims of a namespace that is not
 * there wait for their ttl.
 */
public final class AudienceReader {
    private static final Logger log = LoggerFactory.getLogger(AudienceReader.class);

    private AudienceReader() {}

    /**
     * The terms of the namespaces that delete claims on consumption.
     *
     * @param subscriptions from {@code <namespace>/<name>} to {@link StoredSubscription}s
     */
    public static Map<NamespaceName, Terms> terms(
            Collection<NamespaceSpec> namespaces, Map<String, String> subscriptions) {
        Map<String, Map<String, String>> byNamespace = new HashMap<>();
        subscriptions.forEach(
                (key, json) -> {
                    int slash = key.indexOf('/');
                    if (slash > 0) {
                        byNamespace
                                .computeIfAbsent(key.substring(0, slash), n -> new TreeMap<>())
                                .put(key.substring(slash + 1), json);
                    }
                });
        Map<NamespaceName, Terms> terms = new TreeMap<>();
        namespaces.forEach(
                spec ->
                        onConsume(spec)
                                .ifPresent(
                                        cleanup ->
                                                terms.put(
                                                        spec.name(),
                                                        new Terms(
                                                                cleanup.ttl(),
                                                                durable(
                                                                        spec,
                                                                        byNamespace.getOrDefault(
                                                                                spec.name().value(),
                                                                                Map.of()))))));
        return terms;
    }

    private static Optional<Cleanup> onConsume(NamespaceSpec spec) {
        return spec.pattern(PatternSpec.ClaimCheck.class)
                .map(PatternSpec.ClaimCheck::cleanup)
                .filter(cleanup -> cleanup.strategy() == Cleanup.Strategy.ON_CONSUME)
                .filter(cleanup -> spec.backend() instanceof BackendSpec.Kafka);
    }

    private static List<DurableSubscription> durable(
            NamespaceSpec spec, Map<String, String> subscriptions) {
        TopicSpace topics = TopicSpace.of((BackendSpec.Kafka) spec.backend());
        List<DurableSubscription> durable = new ArrayList<>();
        if (spec.pattern(PatternSpec.ClaimCheck.class)
                .flatMap(PatternSpec.ClaimCheck::rehydrate)
                .isPresent()) {
            durable.add(
                    new DurableSubscription(
                            ClaimEvent.REHYDRATION, topic -> true, java.time.Instant.MIN));
        }
        subscriptions.forEach((name, json) -> durable.add(durable(topics, name, json)));
        return durable;
    }

    private static DurableSubscription durable(TopicSpace topics, String name, String json) {
        try {
            StoredSubscription stored = StoredSubscription.fromJson(json);
            return new DurableSubscription(
                    name, topics.matcher(stored.topic()), stored.createdAt());
        } catch (PrismException e) {
            log.atWarn()
                    .setMessage("a subscription cannot be read here; claims wait for it")
                    .addKeyValue("subscription", name)
                    .setCause(e)
                    .log();
            return new DurableSubscription(name, topic -> true, java.time.Instant.MIN);
        }
    }
}
