package io.prism.standalone.cli.client.subscribe;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.server.ServerError;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.v1.AcknowledgeRequest;
import io.prism.v1.AcknowledgeResponse;
import io.prism.v1.PubSubServiceGrpc.PubSubServiceBlockingV2Stub;
import io.prism.v1.QueueAcknowledgeRequest;
import io.prism.v1.QueueAcknowledgeResponse;
import io.prism.v1.QueueServiceGrpc.QueueServiceBlockingV2Stub;
import java.util.List;

/** Acknowledges messages, of a subscription or of a queue; each id on its own. */
@FunctionalInterface
public interface AckCalls {
    /** Blocks until the server has answered. */
    Answer acknowledge(List<String> messageIds) throws StatusException;

    /**
     * @param failures the ids that were not acknowledged; the others were
     */
    record Answer(int acknowledged, List<Failure> failures) {}

    /** Why one id was not acknowledged. */
    record Failure(String messageId, ServerError error) {}

    /**
     * @param topic as the subscription has it, wildcards included
     */
    static AckCalls ofSubscription(
            PubSubServiceBlockingV2Stub stub, String topic, String subscription) {
        AcknowledgeRequest header =
                AcknowledgeRequest.newBuilder()
                        .setTopic(topic)
                        .setSubscription(subscription)
                        .build();
        return ids -> {
            AcknowledgeResponse response =
                    stub.withDeadlineAfter(ServerOptions.callTimeout())
                            .acknowledge(header.toBuilder().addAllMessageIds(ids).build());
            return new Answer(
                    response.getAcknowledged(),
                    response.getFailuresList().stream()
                            .map(f -> failure(f.getMessageId(), f.getCode(), f.getMessage()))
                            .toList());
        };
    }

    /**
     * @param header everything but the ids
     */
    static AckCalls ofQueue(QueueServiceBlockingV2Stub stub, QueueAcknowledgeRequest header) {
        return ids -> {
            QueueAcknowledgeResponse response =
                    stub.withDeadlineAfter(ServerOptions.callTimeout())
                            .acknowledge(header.toBuilder().addAllMessageIds(ids).build());
            return new Answer(
                    response.getAcknowledged(),
                    response.getFailuresList().stream()
                            .map(f -> failure(f.getMessageId(), f.getCode(), f.getMessage()))
                            .toList());
        };
    }

    private static Failure failure(String messageId, String code, String message) {
        return new Failure(messageId, ServerError.of(code, message));
    }
}
