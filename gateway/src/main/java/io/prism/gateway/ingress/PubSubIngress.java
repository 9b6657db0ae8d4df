package io.prism.gateway.ingress;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.ClientApi;
import io.prism.gateway.error.Errors;
import io.prism.gateway.namespace.NamespaceRegistry;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.subscription.Subscriptions;
import io.prism.v1.AcknowledgeRequest;
import io.prism.v1.AcknowledgeResponse;
import io.prism.v1.Event;
import io.prism.v1.ListSubscriptionsRequest;
import io.prism.v1.ListSubscriptionsResponse;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.SubscribeRequest;
import io.prism.v1.Subscription;
import io.prism.v1.UnsubscribeRequest;
import io.prism.v1.UnsubscribeResponse;
import java.util.function.Supplier;

/** PubSubService. */
final class PubSubIngress extends PubSubServiceGrpc.PubSubServiceImplBase {
    private final NamespaceRegistry namespaces;
    private final Subscriptions subscriptions;
    private final StreamCalls streams;
    private final PublishCalls publishing;

    PubSubIngress(
            NamespaceRegistry namespaces,
            Subscriptions subscriptions,
            StreamCalls streams,
            PublishCalls publishing) {
        this.namespaces = namespaces;
        this.subscriptions = subscriptions;
        this.streams = streams;
        this.publishing = publishing;
    }

    private ServedNamespace namespace() {
        return CallContext.namespace(namespaces, ClientApi.PUBSUB);
    }

    @Override
    public void publish(PublishRequest request, StreamObserver<PublishResponse> observer) {
        publishing.publish(request, observer);
    }

    @Override
    public StreamObserver<PublishRequest> publishStream(StreamObserver<PublishResponse> observer) {
        return publishing.publishStream(observer);
    }

    @Override
    public StreamObserver<PublishChunk> publishChunked(StreamObserver<PublishResponse> observer) {
        return publishing.publishChunked(observer);
    }

    @Override
    public void subscribe(SubscribeRequest request, StreamObserver<Event> observer) {
        try {
            SubscribeCall call = new SubscribeCall((ServerCallStreamObserver<Event>) observer);
            call.opened(subscriptions.open(namespace(), request, call));
        } catch (RuntimeException e) {
            observer.onError(Errors.toGrpc(e));
        }
    }

    @Override
    public void acknowledge(
            AcknowledgeRequest request, StreamObserver<AcknowledgeResponse> observer) {
        unary(observer, () -> streams.acknowledge(namespace().name(), request));
    }

    @Override
    public void unsubscribe(
            UnsubscribeRequest request, StreamObserver<UnsubscribeResponse> observer) {
        unary(
                observer,
                () -> {
                    String namespace = namespace().name();
                    if (request.getSubscription().isEmpty()
                            == request.getSubscriptionId().isEmpty()) {
                        throw PrismException.ofField(
                                ErrorCode.FIELD_INVALID,
                                "subscription",
                                "give either subscription (durable) or subscription_id (ephemeral)");
                    }
                    if (request.getSubscription().isEmpty()) {
                        streams.end(namespace, request.getSubscriptionId());
                    } else {
                        subscriptions.remove(namespace, request.getSubscription());
                    }
                    return UnsubscribeResponse.getDefaultInstance();
                });
    }

    @Override
    public void listSubscriptions(
            ListSubscriptionsRequest request, StreamObserver<ListSubscriptionsResponse> observer) {
        unary(
                observer,
                () -> {
                    ListSubscriptionsResponse.Builder response =
                            ListSubscriptionsResponse.newBuilder();
                    for (Subscriptions.Listed listed : subscriptions.list(namespace().name())) {
                        String name = listed.name();
                        java.time.Instant created = listed.createdAt();
                        Subscription.Builder subscription =
                                Subscription.newBuilder()
                                        .setName(name == null ? "" : name)
                                        .setDurable(name != null)
                                        .setSubscriptionId(listed.id())
                                        .setTopic(listed.topic())
                                        .setAckMode(listed.ackMode())
                                        .setActiveStreams(listed.streams());
                        if (created != null) {
                            subscription.setCreatedAt(Responses.timestamp(created));
                        }
                        response.addSubscriptions(subscription);
                    }
                    return response.build();
                });
    }

    /** Answers a call that may block; whatever it throws becomes the call's status. */
    static <A> void unary(StreamObserver<A> observer, Supplier<A> answer) {
        A response;
        try {
            response = answer.get();
        } catch (RuntimeException e) {
            observer.onError(Errors.toGrpc(e));
            return;
        }
        observer.onNext(response);
        observer.onCompleted();
    }
}
