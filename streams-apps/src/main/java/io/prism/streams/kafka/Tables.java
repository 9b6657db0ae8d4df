package io.prism.streams.kafka;

import java.time.Instant;
import java.util.Map;

/**
 * What compacted topics say. Immutable.
 *
 * @param knownUpTo everything that was written before this instant, by this process's clock, is in
 *     here
 * @param version grows with every change
 */
public record Tables(Instant knownUpTo, long version, Map<String, Map<String, String>> topics) {
    public Tables {
        topics = Map.copyOf(topics);
    }

    /** By key. */
    public Map<String, String> of(String topic) {
        return topics.getOrDefault(topic, Map.of());
    }
}
