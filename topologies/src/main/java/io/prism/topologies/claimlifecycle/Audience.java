package io.prism.topologies.claimlifecycle;

import io.prism.core.spec.NamespaceName;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Who must acknowledge what, as the tables of namespaces and subscriptions say. Immutable.
 *
 * @param knownUpTo everything that was written to the tables before this instant, by this process's
 *     clock, is in here
 * @param version differs from that of an audience that says something else
 */
public record Audience(Instant knownUpTo, long version, Map<NamespaceName, Terms> namespaces) {
    public Audience {
        namespaces = Map.copyOf(namespaces);
    }

    /** Empty if there is no such namespace, or it does not delete claims on consumption. */
    Optional<Terms> of(NamespaceName namespace) {
        return Optional.ofNullable(namespaces.get(namespace));
    }

    /**
     * A namespace that deletes its claims on consumption.
     *
     * @param ttl the upper bound of a claim's life
     */
    public record Terms(Optional<Duration> ttl, List<DurableSubscription> subscriptions) {
        public Terms {
            subscriptions = List.copyOf(subscriptions);
        }

        /** The names of those that must acknowledge what was published there and then. */
        Set<String> owed(String topic, Instant publishedAt) {
            Set<String> names = new TreeSet<>();
            for (DurableSubscription subscription : subscriptions) {
                if (!subscription.createdAt().isAfter(publishedAt)
                        && subscription.topics().test(topic)) {
                    names.add(subscription.name());
                }
            }
            return names;
        }
    }

    /**
     * @param topics which of the namespace's topics it is to, by their names inside it
     */
    public record DurableSubscription(String name, Predicate<String> topics, Instant createdAt) {}
}
