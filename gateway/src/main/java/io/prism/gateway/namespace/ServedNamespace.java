package io.prism.gateway.namespace;

import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimStore;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.BackendSpec;
import io.prism.core.spec.NamespacePlan;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.RecordLimits;
import io.prism.core.spec.TopicSpace;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.TopicSelector;
import io.prism.gateway.journal.ClaimJournal;
import io.prism.gateway.pattern.ClaimKeeper;
import io.prism.gateway.pattern.MessageKeeper;
import io.prism.gateway.pattern.Pattern;
import io.prism.gateway.pattern.PatternChain;
import io.prism.gateway.pattern.PayloadOpener;
import io.prism.gateway.pattern.TransactionJoiner;
import io.prism.gateway.publish.Publisher;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A namespace that can be called: its topics, its chain, its publisher. Thread-safe. */
public final class ServedNamespace implements AutoCloseable {
    static final int MAX_TOPICS = 1000;

    private final NamespacePlan plan;
    private final BackendSpec.Kafka kafka;
    private final Instant createdAt;
    private final TopicSpace topics;
    private final TopicSettingsOf settings;
    private final LogBackend backend;
    private final ClaimJournal journal;
    private final List<Pattern> patterns;
    private final Publisher publisher;
    private static final String DEAD_LETTERS = ".dlq";

    private final Map<String, String> deadLetters = new ConcurrentHashMap<>();
    private final Map<String, String> ready = new ConcurrentHashMap<>();

    /** Makes the publisher once the namespace's topics can be resolved. */
    interface PublisherFactory {
        Publisher make(
                List<Pattern> patterns,
                Function<String, String> topics,
                int maxInline,
                @Nullable String metadataField);
    }

    ServedNamespace(
            NamespacePlan plan,
            BackendSpec.Kafka kafka,
            Instant createdAt,
            TopicSettingsOf settings,
            LogBackend backend,
            ClaimJournal journal,
            List<Pattern> patterns,
            Executor blocking,
            PublisherFactory publishers) {
        this.plan = plan;
        this.kafka = kafka;
        this.createdAt = createdAt;
        this.topics = TopicSpace.of(kafka);
        this.settings = settings;
        this.backend = backend;
        this.journal = journal;
        this.patterns = List.copyOf(patterns);
        boolean keeps = patterns.stream().anyMatch(MessageKeeper.class::isInstance);
        this.publisher =
                publishers.make(
                        patterns,
                        keeps
                                ? new LaterTopics(topics::kafkaTopic, this::logTopic, blocking)
                                : this::logTopic,
                        RecordLimits.maxInline(plan.spec()),
                        metadataField());
    }

    public String name() {
        return plan.spec().name().value();
    }

    public NamespacePlan plan() {
        return plan;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public TopicSpace topics() {
        return topics;
    }

    public Publisher publisher() {
        return publisher;
    }

    public PatternChain chain() {
        return publisher.chain();
    }

    /** Who must be told what becomes of the namespace's claims. */
    public ClaimJournal journal() {
        return journal;
    }

    /** The namespace's own header for a claim's id, or null. */
    public @Nullable String metadataField() {
        return plan.spec()
                .pattern(PatternSpec.ClaimCheck.class)
                .flatMap(PatternSpec.ClaimCheck::metadataField)
                .orElse(null);
    }

    /** A topic's name in the log; the topic is made on first use. Blocks then. */
    public String logTopic(String topic) {
        String known = ready.get(topic);
        if (known != null) {
            return known;
        }
        String name = topics.kafkaTopic(topic);
        make(name);
        ready.put(topic, name);
        return name;
    }

    private void make(String name) {
        if (topics.onlyTopic().isEmpty()) {
            Set<String> existing = backend.topics(kafka.topicPrefix() + ".");
            existing.removeIf(
                    other -> topics.topicOf(other).isEmpty()); // derived ones do not count
            if (!existing.contains(name) && existing.size() >= MAX_TOPICS) {
                throw new PrismException(
                                ErrorCode.TOPIC_LIMIT_REACHED,
                                "namespace "
                                        + name()
                                        + " has "
                                        + existing.size()
                                        + " topics, and "
                                        + MAX_TOPICS
                                        + " are allowed: put what tells them apart into the key, or"
                                        + " use another namespace")
                        .with("limit", MAX_TOPICS);
            }
        }
        settings.rehydrated(plan.spec(), kafka, name).ifPresent(backend::ensureTopic);
        backend.ensureTopic(settings.of(plan.spec(), kafka, name));
    }

    /** Where a topic's dead letters go, in the log; made on first use. Blocks then. */
    public String deadLetterTopic(String topic) {
        return deadLetters.computeIfAbsent(
                topic,
                t -> {
                    String name = logTopic(t) + DEAD_LETTERS;
                    backend.ensureTopic(settings.of(plan.spec(), kafka, name));
                    return name;
                });
    }

    /** The same, if there are any; blocks. */
    public Optional<String> knownDeadLetterTopic(String topic) {
        String name = topics.kafkaTopic(topic) + DEAD_LETTERS;
        return backend.topics(name).contains(name) ? Optional.of(name) : Optional.empty();
    }

    /** Which topics in the log a subscription to this topic or wildcard follows. */
    public TopicSelector selector(String topicOrWildcard) {
        if (!topics.isWildcard(topicOrWildcard)) {
            return new TopicSelector.Exact(logTopic(topicOrWildcard));
        }
        topics.matcher(topicOrWildcard); // refuses malformed ones
        if (topics.onlyTopic().isPresent()) {
            return new TopicSelector.Exact(logTopic(topics.onlyTopic().get()));
        }
        String prefix = java.util.regex.Pattern.quote(kafka.topicPrefix() + ".");
        StringBuilder regex = new StringBuilder(prefix);
        String[] levels = topicOrWildcard.split("\\.", -1);
        for (int i = 0; i < levels.length; i++) {
            regex.append(i == 0 ? "" : "\\.");
            regex.append(
                    switch (levels[i]) {
                        case "*" -> "[^.]+";
                        case ">" -> ".+";
                        default -> java.util.regex.Pattern.quote(levels[i]);
                    });
        }
        // Derived topics (dead letters, rehydrated copies) are not what was published.
        return new TopicSelector.Matching(
                java.util.regex.Pattern.compile("(?!.*\\.(?:dlq|rehydrated)$)" + regex));
    }

    /** Opens a payload that was delivered as a reference. */
    public ClaimStore.Download open(Claim claim, long offset, long length) {
        Optional<PayloadOpener> opener =
                patterns.stream()
                        .filter(PayloadOpener.class::isInstance)
                        .map(PayloadOpener.class::cast)
                        .findFirst();
        return opener.orElseThrow(
                        () ->
                                PrismException.ofField(
                                        ErrorCode.PAYLOAD_REF_INVALID,
                                        "payload_ref",
                                        "namespace "
                                                + name()
                                                + " keeps no payloads outside its log, so this"
                                                + " reference is not one of its own"))
                .open(claim, offset, length);
    }

    /** What keeps this namespace's payloads outside its log. */
    public ClaimKeeper claimKeeper() {
        return patterns.stream()
                .filter(ClaimKeeper.class::isInstance)
                .map(ClaimKeeper.class::cast)
                .findFirst()
                .orElseThrow(
                        () ->
                                new PrismException(
                                                ErrorCode.PATTERN_NOT_AVAILABLE,
                                                "namespace "
                                                        + name()
                                                        + " has no claims: claim-check is not one"
                                                        + " of its patterns")
                                        .with("namespace", name()));
    }

    /** What makes messages part of a database's transaction; empty where nothing does. */
    public Optional<TransactionJoiner> joiner() {
        return patterns.stream()
                .filter(TransactionJoiner.class::isInstance)
                .map(TransactionJoiner.class::cast)
                .findFirst();
    }

    void maintain() {
        chain().maintain();
    }

    @Override
    public void close() {
        publisher.close();
    }
}
