package io.prism.core.spec;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a topic may be called: Kafka's own rules, and the names that Prism keeps for topics it
 * derives ({@code <topic>.dlq}, {@code <topic>.rehydrated}, {@code prism.*}).
 */
final class TopicNames {
    /** Kafka allows 249 characters; the longest derived suffix must still fit. */
    static final int MAX_LENGTH = 249 - ".rehydrated".length();

    static final String ALLOWED =
            "1 to "
                    + MAX_LENGTH
                    + " letters, digits, hyphens, underscores and dots between them,"
                    + " not ending with .dlq or .rehydrated";

    /** Non-empty segments between dots: {@code orders.eu}. */
    private static final Pattern SEGMENTS = Pattern.compile("[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*");

    private TopicNames() {}

    /** What is wrong with a whole Kafka topic name, as the end of a sentence; empty if nothing. */
    static Optional<String> problem(String kafkaTopic) {
        Optional<String> shape = segmentsProblem(kafkaTopic);
        if (shape.isPresent()) {
            return shape;
        }
        if (kafkaTopic.length() > MAX_LENGTH) {
            return Optional.of(
                    "has " + kafkaTopic.length() + " characters, at most " + MAX_LENGTH + " fit");
        }
        if (kafkaTopic.startsWith("prism.") || kafkaTopic.startsWith("__")) {
            return Optional.of("begins like an internal topic (prism. and __ are reserved)");
        }
        if (kafkaTopic.endsWith(".dlq") || kafkaTopic.endsWith(".rehydrated")) {
            return Optional.of("ends like a derived topic (.dlq and .rehydrated are reserved)");
        }
        return Optional.empty();
    }

    /** What is wrong with the part before the dot of {@code <prefix>.<topic>}. */
    static Optional<String> prefixProblem(String prefix) {
        // A prefix is fine if a short topic under it is.
        return segmentsProblem(prefix).or(() -> problem(prefix + ".t"));
    }

    private static Optional<String> segmentsProblem(String name) {
        if (name.isEmpty()) {
            return Optional.of("is empty");
        }
        if (!SEGMENTS.matcher(name).matches()) {
            return Optional.of(
                    "may only hold letters, digits, hyphens, underscores, and single dots between"
                            + " them");
        }
        return Optional.empty();
    }
}
