package io.prism.gateway.ingress;

import static io.grpc.stub.ClientCalls.futureUnaryCall;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.peers.Peers;
import io.prism.gateway.subscription.Subscriptions;
import io.prism.v1.AcknowledgeFailure;
import io.prism.v1.AcknowledgeRequest;
import io.prism.v1.AcknowledgeResponse;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.UnsubscribeRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls about streams that are open on some gateway: answered here where they are here, and asked
 * of the other gateways otherwise (design decision 14). An event's id does not say which gateway
 * delivered it, so all are asked, at the same time; a gateway that is gone has no streams.
 */
final class StreamCalls {
    private static final Logger log = LoggerFactory.getLogger(StreamCalls.class);
    private static final long ASK_SECONDS = 5;

    private final Subscriptions subscriptions;
    private final Peers peers;

    StreamCalls(Subscriptions subscriptions, Peers peers) {
        this.subscriptions = subscriptions;
        this.peers = peers;
    }

    /** Blocks until every id is answered. */
    AcknowledgeResponse acknowledge(String namespace, AcknowledgeRequest request) {
        String subscription = request.getSubscription();
        boolean exists = subscriptions.exists(namespace, subscription);
        Set<String> asked = new LinkedHashSet<>(request.getMessageIdsList());
        Set<String> unknown = new LinkedHashSet<>(asked);
        unknown.removeIf(id -> subscriptions.acknowledge(namespace, subscription, id));
        if (!unknown.isEmpty() || !exists) {
            List<AcknowledgeResponse> answers =
                    askOthers(
                            PubSubServiceGrpc.getAcknowledgeMethod(),
                            request.toBuilder().clearMessageIds().addAllMessageIds(unknown).build(),
                            namespace);
            exists |= !answers.isEmpty();
            for (AcknowledgeResponse answer : answers) {
                Set<String> stillUnknown = new LinkedHashSet<>();
                answer.getFailuresList().forEach(f -> stillUnknown.add(f.getMessageId()));
                unknown.retainAll(stillUnknown);
            }
        }
        if (!exists) {
            throw new PrismException(
                    ErrorCode.SUBSCRIPTION_NOT_FOUND,
                    "namespace " + namespace + " has no subscription " + subscription);
        }
        AcknowledgeResponse.Builder response = AcknowledgeResponse.newBuilder();
        unknown.forEach(id -> response.addFailures(unknown(id)));
        return response.setAcknowledged(asked.size() - unknown.size()).build();
    }

    private static AcknowledgeFailure.Builder unknown(String id) {
        return AcknowledgeFailure.newBuilder()
                .setMessageId(id)
                .setCode(ErrorCode.UNKNOWN_MESSAGE_ID.name())
                .setMessage(
                        "no message of this id waits for acknowledgement: it was acknowledged"
                                + " before, or its stream or gateway has ended and it is delivered"
                                + " again");
    }

    /** Ends the stream of this id wherever it is; SUBSCRIPTION_NOT_FOUND if it is nowhere. */
    void end(String namespace, String id) {
        if (subscriptions.endStream(namespace, id)) {
            return;
        }
        UnsubscribeRequest request = UnsubscribeRequest.newBuilder().setSubscriptionId(id).build();
        if (askOthers(PubSubServiceGrpc.getUnsubscribeMethod(), request, namespace).isEmpty()) {
            throw new PrismException(
                    ErrorCode.SUBSCRIPTION_NOT_FOUND,
                    "namespace " + namespace + " has no open stream " + id);
        }
    }

    /** The answers of those that had one; none if the call itself was forwarded. */
    private <Q, A> List<A> askOthers(MethodDescriptor<Q, A> method, Q request, String namespace) {
        if (CallContext.isForwarded()) {
            return List.of();
        }
        List<Asked<A>> asked = new ArrayList<>();
        for (Map.Entry<String, ManagedChannel> other : peers.others().entrySet()) {
            Channel channel =
                    ClientInterceptors.intercept(
                            other.getValue(), CallContext.forwarding(namespace, peers.name()));
            CallOptions options =
                    CallOptions.DEFAULT.withDeadlineAfter(ASK_SECONDS, TimeUnit.SECONDS);
            asked.add(
                    new Asked<>(
                            other.getKey(),
                            futureUnaryCall(channel.newCall(method, options), request)));
        }
        List<A> answers = new ArrayList<>();
        asked.forEach(question -> question.answer(answers));
        return answers;
    }

    private record Asked<A>(String gateway, ListenableFuture<A> future) {
        void answer(List<A> answers) {
            try {
                answers.add(future.get());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
            } catch (ExecutionException e) {
                // Either it does not have the stream, or it is gone and has none.
                log.atDebug()
                        .setMessage("another gateway has no answer")
                        .addKeyValue("gateway", gateway)
                        .setCause(
                                e.getCause() instanceof StatusRuntimeException status ? status : e)
                        .log();
            }
        }
    }
}
