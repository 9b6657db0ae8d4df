package io.prism.topologies.rehydration;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The topics that are rehydrated now, by their names in Kafka. Thread-safe. */
public final class RouteTable {
    private static final Pattern NOTHING = Pattern.compile("(?!)");

    private volatile Map<String, Route> current = Map.of();
    private volatile Pattern topics = NOTHING;
    private final Map<String, Route> everKnown = new ConcurrentHashMap<>();

    /** Puts these in place of what was there; topics no longer among them are no longer read. */
    public void replace(Map<String, Route> routes) {
        everKnown.putAll(routes);
        boolean sameTopics = routes.keySet().equals(current.keySet());
        current = Map.copyOf(routes);
        if (!sameTopics) {
            topics = matching(routes);
        }
    }

    private static Pattern matching(Map<String, Route> routes) {
        return routes.isEmpty()
                ? NOTHING
                : Pattern.compile(
                        routes.keySet().stream()
                                .sorted()
                                .map(Pattern::quote)
                                .collect(Collectors.joining("|")));
    }

    /** What to subscribe to: exactly these topics. The same object as long as they are the same. */
    Pattern topics() {
        return topics;
    }

    /** Empty where the topic is not rehydrated, or this process does not know of it yet. */
    Optional<Route> current(String topic) {
        return Optional.ofNullable(current.get(topic));
    }

    /** Also for topics that are no longer rehydrated: what was let through still goes its way. */
    @Nullable Route everKnown(String topic) {
        return everKnown.get(topic);
    }

    public int size() {
        return current.size();
    }
}
