package io.prism.gateway.ingress;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.error.Errors;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.peers.Peers;
import io.prism.gateway.queue.Acknowledgement;
import io.prism.gateway.queue.LeaseId;
import io.prism.gateway.queue.Queues;
import io.prism.v1.QueueAcknowledgeFailure;
import io.prism.v1.QueueAcknowledgeRequest;
import io.prism.v1.QueueAcknowledgeResponse;
import io.prism.v1.QueueServiceGrpc;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Acknowledgements of queued messages: here for the leases this gateway has, and forwarded to the
 * gateway that has them for others (design decision 14). A gateway that is gone has no leases left.
 */
final class AcknowledgeCalls {
    private static final long FORWARD_SECONDS = 10;

    private final Queues queues;
    private final Peers peers;

    AcknowledgeCalls(Queues queues, Peers peers) {
        this.queues = queues;
        this.peers = peers;
    }

    /** Blocks until every id is answered. */
    QueueAcknowledgeResponse acknowledge(
            ServedNamespace namespace, QueueAcknowledgeRequest request) {
        Acknowledgement asked = Acknowledgement.of(request);
        Answer answer = new Answer();
        Map<String, CompletableFuture<Void>> here = new LinkedHashMap<>();
        Map<String, QueueAcknowledgeRequest.Builder> elsewhere = new TreeMap<>();
        for (String id : asked.ids()) {
            Optional<LeaseId> lease = LeaseId.parse(id);
            if (lease.isEmpty()) {
                answer.failed(id, notADelivery(id));
            } else if (lease.get().gateway().equals(queues.gateway())) {
                here.put(id, queues.acknowledge(namespace, asked, lease.get()));
            } else {
                elsewhere
                        .computeIfAbsent(
                                lease.get().gateway(),
                                gateway -> request.toBuilder().clearMessageIds())
                        .addMessageIds(id);
            }
        }
        elsewhere.forEach(
                (gateway, part) -> forward(namespace.name(), gateway, part.build(), answer));
        here.forEach(
                (id, outcome) -> {
                    try {
                        outcome.join();
                        answer.acknowledged(1);
                    } catch (CompletionException e) {
                        answer.failed(id, Errors.unwrap(e));
                    }
                });
        return answer.response();
    }

    private static PrismException notADelivery(String id) {
        return new PrismException(
                ErrorCode.MESSAGE_ID_INVALID,
                "`"
                        + (id.length() > 80 ? id.substring(0, 80) + "…" : id)
                        + "` does not name a delivery: give Message.message_id as it was received");
    }

    private void forward(
            String namespace, String gateway, QueueAcknowledgeRequest part, Answer answer) {
        Optional<ManagedChannel> channel =
                CallContext.isForwarded() ? Optional.empty() : peers.channel(gateway);
        if (channel.isEmpty()) {
            part.getMessageIdsList().forEach(id -> answer.failed(id, gone(gateway)));
            return;
        }
        try {
            answer.add(
                    QueueServiceGrpc.newBlockingStub(channel.get())
                            .withInterceptors(CallContext.forwarding(namespace, peers.name()))
                            .withDeadlineAfter(FORWARD_SECONDS, TimeUnit.SECONDS)
                            .acknowledge(part));
        } catch (StatusRuntimeException e) {
            part.getMessageIdsList().forEach(id -> answer.failed(id, gone(gateway)));
        }
    }

    private static PrismException gone(String gateway) {
        return new PrismException(
                ErrorCode.LEASE_LOST,
                "gateway "
                        + gateway
                        + ", which held the lease, cannot be reached: if it is gone, so is the"
                        + " lease, and the message is delivered again");
    }

    /** Collects what became of each id. */
    private static final class Answer {
        private final QueueAcknowledgeResponse.Builder response =
                QueueAcknowledgeResponse.newBuilder();

        void acknowledged(int count) {
            response.setAcknowledged(response.getAcknowledged() + count);
        }

        void failed(String id, Throwable failure) {
            boolean known = failure instanceof PrismException;
            response.addFailures(
                    QueueAcknowledgeFailure.newBuilder()
                            .setMessageId(id)
                            .setCode(
                                    failure instanceof PrismException e
                                            ? e.code().name()
                                            : ErrorCode.INTERNAL.name())
                            .setMessage(known ? String.valueOf(failure.getMessage()) : "internal"));
        }

        void add(QueueAcknowledgeResponse other) {
            acknowledged(other.getAcknowledged());
            response.addAllFailures(other.getFailuresList());
        }

        QueueAcknowledgeResponse response() {
            return response.build();
        }
    }
}
