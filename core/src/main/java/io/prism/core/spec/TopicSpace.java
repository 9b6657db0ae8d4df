package io.prism.core.spec;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The Kafka topics that belong to one namespace, and the names its callers know them by. Either one
 * fixed topic, which callers call by its Kafka name, or everything under {@code <prefix>.}, which
 * callers name without the prefix.
 *
 * <p>{@link #kafkaTopic} and {@link #topicOf} are each other's reverse. Derived topics ({@code
 * .dlq}, {@code .rehydrated}) are not names a caller can use. Immutable.
 */
public final class TopicSpace {
    private static final Pattern WILDCARD =
            Pattern.compile("([a-zA-Z0-9_-]+|\\*)(\\.([a-zA-Z0-9_-]+|\\*))*(\\.>)?|>");

    private final Optional<String> only;
    private final String prefix;

    /** The fixed topic or the prefix, as Kafka's metrics see it. */
    private final String metricName;

    private TopicSpace(Optional<String> only, String prefix) {
        this.only = only;
        this.prefix = prefix;
        this.metricName = only.orElse(prefix).replace('.', '_');
    }

    public static TopicSpace of(BackendSpec.Kafka backend) {
        return new TopicSpace(backend.topic(), backend.topicPrefix());
    }

    /**
     * All topics that are one namespace's: those it publishes to, a derived topic with a name of
     * its own, and that of its tables' changes. Empty for a namespace without Kafka topics.
     */
    public static List<TopicSpace> allOf(NamespaceSpec spec) {
        Optional<BackendSpec.Kafka> kafka =
                switch (spec.backend()) {
                    case BackendSpec.Kafka declared -> Optional.of(declared);
                    default ->
                            spec.api() == ClientApi.TRANSACT
                                    ? Optional.of(BackendSpec.Kafka.defaults(spec.name()))
                                    : Optional.empty();
                };
        Optional<String> derived =
                spec.pattern(PatternSpec.ClaimCheck.class)
                        .flatMap(PatternSpec.ClaimCheck::rehydrate)
                        .flatMap(PatternSpec.Rehydrate::topic);
        Optional<String> changes =
                spec.pattern(PatternSpec.Cdc.class).map(cdc -> cdc.topic(spec.name()));
        return Stream.concat(
                        kafka.map(TopicSpace::of).stream(),
                        Stream.of(derived, changes)
                                .flatMap(Optional::stream)
                                .map(topic -> new TopicSpace(Optional.of(topic), topic)))
                .toList();
    }

    /** The namespace's only topic, where {@code backend.topic} fixes one. */
    public Optional<String> onlyTopic() {
        return only;
    }

    /**
     * The Kafka topic behind a caller's topic.
     *
     * @throws PrismException {@code TOPIC_INVALID} if the name cannot be a topic's or is a
     *     wildcard, {@code TOPIC_NOT_IN_NAMESPACE} if the namespace has one topic and this is
     *     another
     */
    public String kafkaTopic(String topic) {
        if (isWildcard(topic)) {
            throw invalid(
                    topic, "is a wildcard, which only a subscription may use; name one topic");
        }
        String kafkaTopic = only.isPresent() ? topic : prefix + "." + topic;
        Optional<String> problem = TopicNames.problem(topic.isEmpty() ? topic : kafkaTopic);
        if (problem.isPresent()) {
            throw invalid(topic, problem.get());
        }
        if (only.isPresent() && !only.get().equals(topic)) {
            throw PrismException.ofField(
                            ErrorCode.TOPIC_NOT_IN_NAMESPACE,
                            "topic",
                            "Topic '"
                                    + Shown.of(topic)
                                    + "' is not in this namespace, whose only topic is '"
                                    + only.get()
                                    + "'; use that topic, or a namespace with a topic_prefix")
                    .with("topic", Shown.of(topic))
                    .with("allowed", only.get());
        }
        return kafkaTopic;
    }

    /** What callers call a Kafka topic; empty if it is not one of this namespace's. */
    public Optional<String> topicOf(String kafkaTopic) {
        if (only.isPresent()) {
            return only.filter(kafkaTopic::equals);
        }
        if (!kafkaTopic.startsWith(prefix + ".") || TopicNames.problem(kafkaTopic).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(kafkaTopic.substring(prefix.length() + 1));
    }

    /** Whether the name stands for several topics: {@code a.*} for one level, {@code a.>} below. */
    public boolean isWildcard(String topic) {
        return topic.indexOf('*') >= 0 || topic.indexOf('>') >= 0;
    }

    /**
     * Which of the namespace's topics, by the names {@link #topicOf} gives, a subscription means.
     * {@code *} is exactly one level wherever it stands, a final {@code >} is one level or more.
     *
     * @throws PrismException as {@link #kafkaTopic} does, and {@code TOPIC_INVALID} if {@code *} or
     *     {@code >} is part of a level, or {@code >} is not the last
     */
    public Predicate<String> matcher(String topicOrWildcard) {
        if (!isWildcard(topicOrWildcard)) {
            kafkaTopic(topicOrWildcard);
            return topicOrWildcard::equals;
        }
        if (topicOrWildcard.length() > TopicNames.MAX_LENGTH
                || !WILDCARD.matcher(topicOrWildcard).matches()) {
            throw invalid(
                    topicOrWildcard,
                    "is not a wildcard: * stands for one whole level (a.*.c) and > for all levels"
                            + " below, as the last one (a.>)");
        }
        String regex =
                Stream.of(topicOrWildcard.split("\\.", -1))
                        .map(
                                level ->
                                        switch (level) {
                                            case "*" -> "[^.]+";
                                            case ">" -> ".+";
                                            default -> Pattern.quote(level);
                                        })
                        .collect(Collectors.joining("\\."));
        return Pattern.compile(regex).asMatchPredicate();
    }

    /**
     * Whether some topic could belong to both namespaces, or to one and be derived from the
     * other's. Kafka cannot tell {@code a.b} from {@code a_b} in its metrics and refuses the second
     * of two such topics, so those count as the same.
     */
    public boolean overlaps(TopicSpace other) {
        // A fixed topic t also owns t.dlq and t.rehydrated, which a prefix t covers.
        return metricName.equals(other.metricName) || covers(other) || other.covers(this);
    }

    /** The first of ours that could share a topic with one of theirs. */
    public static Optional<TopicSpace> overlap(List<TopicSpace> ours, List<TopicSpace> theirs) {
        return ours.stream().filter(mine -> theirs.stream().anyMatch(mine::overlaps)).findFirst();
    }

    private boolean covers(TopicSpace other) {
        String theirs = other.only.orElse(other.prefix);
        return only.isEmpty()
                && theirs.length() > prefix.length()
                && theirs.charAt(prefix.length()) == '.'
                && theirs.startsWith(prefix);
    }

    private static PrismException invalid(String topic, String problem) {
        return PrismException.ofField(
                        ErrorCode.TOPIC_INVALID,
                        "topic",
                        "Topic '"
                                + Shown.of(topic)
                                + "' "
                                + problem
                                + ". Allowed: "
                                + TopicNames.ALLOWED)
                .with("topic", Shown.of(topic))
                .with("allowed", TopicNames.ALLOWED);
    }

    @Override
    public String toString() {
        return only.orElseGet(() -> prefix + ".>");
    }
}
