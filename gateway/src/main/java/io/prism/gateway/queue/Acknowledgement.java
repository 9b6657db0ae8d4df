package io.prism.gateway.queue;

import com.google.protobuf.Duration;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.v1.QueueAcknowledgeRequest;
import java.util.List;

/**
 * A checked Acknowledge call.
 *
 * @param ids as the client gave them
 */
public record Acknowledgement(String topic, String group, List<String> ids, Outcome outcome) {
    private static final int MAX_IDS = 1_000;
    private static final int MAX_REASON = 1_000;

    public static Acknowledgement of(QueueAcknowledgeRequest request) {
        if (request.getMessageIdsCount() > MAX_IDS) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "message_ids",
                    "at most " + MAX_IDS + " ids fit into one call");
        }
        if (request.getReason().length() > MAX_REASON) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "reason",
                    "a reason has at most " + MAX_REASON + " characters");
        }
        return new Acknowledgement(
                request.getTopic(),
                StreamRules.group(request.getGroup()),
                request.getMessageIdsList(),
                outcome(request));
    }

    private static Outcome outcome(QueueAcknowledgeRequest request) {
        Duration delay = request.getDelay();
        return switch (request.getOutcome()) {
            case ACKNOWLEDGE_OUTCOME_UNSPECIFIED, ACKNOWLEDGE_OUTCOME_ACCEPT ->
                    outcome(Outcome.Kind.ACCEPT, request, java.time.Duration.ZERO);
            case ACKNOWLEDGE_OUTCOME_RELEASE ->
                    outcome(Outcome.Kind.RELEASE, request, StreamRules.delay(delay));
            case ACKNOWLEDGE_OUTCOME_REJECT ->
                    outcome(Outcome.Kind.REJECT, request, java.time.Duration.ZERO);
            case ACKNOWLEDGE_OUTCOME_EXTEND ->
                    outcome(
                            Outcome.Kind.EXTEND,
                            request,
                            request.hasDelay()
                                    ? StreamRules.lease("delay", delay)
                                    : java.time.Duration.ZERO);
            case UNRECOGNIZED ->
                    throw PrismException.ofField(
                            ErrorCode.FIELD_INVALID,
                            "outcome",
                            "outcome must be ACCEPT, RELEASE, REJECT or EXTEND");
        };
    }

    private static Outcome outcome(
            Outcome.Kind kind, QueueAcknowledgeRequest request, java.time.Duration delay) {
        return new Outcome(kind, delay, request.getReason());
    }
}
