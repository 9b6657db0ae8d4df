package io.prism.gateway.sweep;

import io.prism.core.claim.ClaimStore;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTopics;
import io.prism.core.spec.BackendSpec;
import io.prism.core.spec.NamespaceSpec;
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
 * @param elsewhere what refers to claims before their records are in the log, or instead
 */
public record SweepTarget(
        String namespace,
        ClaimStore store,
        TopicSelector topics,
        String topicPrefix,
        Optional<OtherReferences> elsewhere) {

    /** The target of a namespace on Kafka. */
    public static SweepTarget of(
            NamespaceSpec namespace, ClaimStore store, Optional<OtherReferences> elsewhere) {
        BackendSpec.Kafka kafka =
                namespace
                        .log()
                        .orElseThrow(
                                () ->
                                        new PrismException(
                                                ErrorCode.BACKEND_REFUSED,
                                                "namespace "
                                                        + namespace.name()
                                                        + " keeps no log on Kafka, so nothing tells"
                                                        + " which of its claims were published"));
        Optional<String> only = TopicSpace.of(kafka).onlyTopic();
        String prefix = only.orElseGet(() -> kafka.topicPrefix() + ".");
        String regex =
                Pattern.quote(prefix) + (only.isPresent() ? "(\\.dlq|\\.rehydrated)?" : ".+");
        if (elsewhere.isPresent()) {
            // Rows that could not be relayed; they may be one day.
            regex += "|" + Pattern.quote(OutboxTopics.DEAD.name());
        }
        return new SweepTarget(
                namespace.name().value(),
                store,
                new TopicSelector.Matching(Pattern.compile(regex)),
                prefix,
                elsewhere);
    }
}
