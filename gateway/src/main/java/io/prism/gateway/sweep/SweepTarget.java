package io.prism.gateway.sweep;

import io.prism.core.claim.ClaimStore;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.BackendSpec;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.TopicSpace;
import io.prism.gateway.backend.TopicSelector;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a namespace's claims are, and where what refers to them is.
 *
 * @param topics every topic of the namespace, the derived ones ({@code .dlq}, {@code .rehydrated})
 *     included: a dead letter refers to its claim long after the group is past it
 * @param topicPrefix what the names of all of them begin with
 * @param elsewhere a pattern that may refer to claims from outside the log; nothing can be told to
 *     be an orphan by the log alone then
 */
public record SweepTarget(
        String namespace,
        ClaimStore store,
        TopicSelector topics,
        String topicPrefix,
        Optional<String> elsewhere) {

    /** The target of a namespace on Kafka. */
    public static SweepTarget of(NamespaceSpec namespace, ClaimStore store) {
        if (!(namespace.backend() instanceof BackendSpec.Kafka kafka)) {
            throw new PrismException(
                    ErrorCode.BACKEND_REFUSED,
                    "namespace "
                            + namespace.name()
                            + " keeps no log on Kafka, so nothing tells which of its claims were"
                            + " published");
        }
        Optional<String> only = TopicSpace.of(kafka).onlyTopic();
        String prefix = only.orElseGet(() -> kafka.topicPrefix() + ".");
        String regex =
                Pattern.quote(prefix) + (only.isPresent() ? "(\\.dlq|\\.rehydrated)?" : ".+");
        return new SweepTarget(
                namespace.name().value(),
                store,
                new TopicSelector.Matching(Pattern.compile(regex)),
                prefix,
                namespace.patterns().stream()
                        .filter(PatternSpec.Outbox.class::isInstance)
                        .map(PatternSpec::type)
                        .findFirst());
    }
}
