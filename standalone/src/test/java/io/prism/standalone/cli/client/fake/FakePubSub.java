package io.prism.standalone.cli.client.fake;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.core.error.ErrorCode;
import io.prism.v1.AckMode;
import io.prism.v1.AcknowledgeFailure;
import io.prism.v1.AcknowledgeRequest;
import io.prism.v1.AcknowledgeResponse;
import io.prism.v1.Event;
import io.prism.v1.ListSubscriptionsRequest;
import io.prism.v1.ListSubscriptionsResponse;
import io.prism.v1.PubSubServiceGrpc.PubSubServiceImplBase;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.SubscribeRequest;
import io.prism.v1.Subscription;
import io.prism.v1.UnsubscribeRequest;
import io.prism.v1.UnsubscribeResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Topics in memory, followed live; durable subscriptions remember what was acknowledged. */
public final class FakePubSub extends PubSubServiceImplBase {
    private static final long MAX_INLINE = 32L << 20;

    private final FakeLog log;
    private final Faults faults;
    private final FakeAdmin admin;
    private final Map<String, Set<String>> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, SubscribeRequest> durable = new ConcurrentHashMap<>();

    FakePubSub(FakeLog log, Faults faults, FakeAdmin admin) {
        this.log = log;
        this.faults = faults;
        this.admin = admin;
    }

    /** The ids that subscription has acknowledged. */
    public Set<String> acknowledged(String subscription) {
        return acknowledged.computeIfAbsent(subscription, _ -> ConcurrentHashMap.newKeySet());
    }

    @Override
    public void publish(PublishRequest request, StreamObserver<PublishResponse> out) {
        try {
            PublishResponse response = append(request);
            out.onNext(response);
            out.onCompleted();
        } catch (StatusRuntimeException e) {
            out.onError(e);
        }
    }

    private PublishResponse append(PublishRequest request) {
        String namespace = FakePrism.NAMESPACE.get();
        if (!admin.has(namespace)) {
            throw FakeErrors.of(
                    ErrorCode.NAMESPACE_NOT_FOUND, "There is no namespace \"" + namespace + "\".");
        }
        for (String name : request.getMetadataMap().keySet()) {
            if (name.startsWith("prism-")) {
                throw FakeErrors.ofField(
                        ErrorCode.METADATA_RESERVED,
                        "Prism writes this entry itself.",
                        "metadata[" + name + "]",
                        "reserved");
            }
        }
        return log.append(namespace, request);
    }

    @Override
    public StreamObserver<PublishRequest> publishStream(StreamObserver<PublishResponse> out) {
        return new StreamObserver<>() {
            @Override
            public void onNext(PublishRequest request) {
                if (request.getPayload().equals(ByteString.copyFromUtf8("refuse me"))) {
                    out.onNext(
                            PublishResponse.newBuilder()
                                    .setError(
                                            FakeErrors.proto(
                                                    ErrorCode.OVERLOADED, "too much", Map.of()))
                                    .build());
                } else {
                    out.onNext(append(request));
                }
            }

            @Override
            public void onError(Throwable error) {}

            @Override
            public void onCompleted() {
                out.onCompleted();
            }
        };
    }

    @Override
    public StreamObserver<PublishChunk> publishChunked(StreamObserver<PublishResponse> responses) {
        ServerCallStreamObserver<PublishResponse> out =
                (ServerCallStreamObserver<PublishResponse>) responses;
        out.disableAutoRequest();
        out.setOnCancelHandler(faults.chunkedCancelled::incrementAndGet);
        out.request(1);
        return new StreamObserver<>() {
            private final ByteString.Output payload = ByteString.newOutput();
            private PublishRequest header = PublishRequest.getDefaultInstance();

            @Override
            public void onNext(PublishChunk chunk) {
                if (chunk.hasHeader()) {
                    header = chunk.getHeader();
                    if (header.getTopic().equals("refused")) {
                        out.onError(FakeErrors.of(ErrorCode.TOPIC_INVALID, "not that one"));
                        return;
                    }
                } else {
                    faults.chunkPermits.acquireUninterruptibly();
                    byte[] data = chunk.getData().toByteArray();
                    payload.write(data, 0, data.length);
                    faults.chunkBytes.addAndGet(chunk.getData().size());
                }
                out.request(1);
            }

            @Override
            public void onError(Throwable error) {}

            @Override
            public void onCompleted() {
                out.onNext(append(header.toBuilder().setPayload(payload.toByteString()).build()));
                out.onCompleted();
            }
        };
    }

    @Override
    public void subscribe(SubscribeRequest request, StreamObserver<Event> responses) {
        ServerCallStreamObserver<Event> out = (ServerCallStreamObserver<Event>) responses;
        String namespace = FakePrism.NAMESPACE.get();
        if (!request.getSubscription().isEmpty()) {
            durable.put(request.getSubscription(), request);
        }
        int sent = 0;
        try {
            for (int index = 0; !io.grpc.Context.current().isCancelled(); ) {
                Optional<FakeLog.Stored> next = log.at(index, 20);
                if (next.isEmpty()) {
                    continue;
                }
                index++;
                if (!wanted(request, namespace, next.get())) {
                    continue;
                }
                out.onNext(event(request, next.get()));
                if (++sent == faults.subscribeBreaksAfter) {
                    out.onError(FakeErrors.of(ErrorCode.DRAINING, "the gateway is stopping"));
                    return;
                }
            }
        } catch (StatusRuntimeException e) {
            out.onError(e);
        } catch (InterruptedException e) {
            out.onError(Status.CANCELLED.asException());
        }
    }

    private boolean wanted(SubscribeRequest request, String namespace, FakeLog.Stored message) {
        boolean late = request.hasStart() && message.offset() < request.getStart().getOffset();
        return !late
                && message.namespace().equals(namespace)
                && message.request().getTopic().equals(request.getTopic())
                && !acknowledged(request.getSubscription()).contains(message.id());
    }

    private static Event event(SubscribeRequest request, FakeLog.Stored message) {
        PublishRequest published = message.request();
        Event.Builder event =
                Event.newBuilder()
                        .setMessageId(message.id())
                        .setTopic(published.getTopic())
                        .putAllMetadata(published.getMetadataMap())
                        .setKey(published.getKey())
                        .setPublishedAt(Timestamp.newBuilder().setSeconds(1_800_000_000L))
                        .setPartition(message.partition())
                        .setOffset(message.offset())
                        .setDeliveryCount(1)
                        .setPayloadSize(message.payload().size())
                        .setSubscriptionId("s-1");
        long inline = request.hasMaxInlineBytes() ? request.getMaxInlineBytes() : MAX_INLINE;
        if (published.containsMetadata("lost")) {
            return event.setError(
                            FakeErrors.proto(
                                    ErrorCode.CLAIM_CORRUPT,
                                    "The digest does not match.",
                                    Map.of("claim_check_id", "c-1")))
                    .build();
        }
        return message.payload().size() > inline
                ? event.setPayloadRef(message.ref()).build()
                : event.setPayload(message.payload()).build();
    }

    @Override
    public void acknowledge(AcknowledgeRequest request, StreamObserver<AcknowledgeResponse> out) {
        faults.acknowledgeCalls.incrementAndGet();
        AcknowledgeResponse.Builder response = AcknowledgeResponse.newBuilder();
        List<String> known = log.all().stream().map(FakeLog.Stored::id).toList();
        for (String id : request.getMessageIdsList()) {
            if (known.contains(id)) {
                acknowledged(request.getSubscription()).add(id);
                response.setAcknowledged(response.getAcknowledged() + 1);
            } else {
                response.addFailures(
                        AcknowledgeFailure.newBuilder()
                                .setMessageId(id)
                                .setCode(ErrorCode.UNKNOWN_MESSAGE_ID.name()));
            }
        }
        out.onNext(response.build());
        out.onCompleted();
    }

    @Override
    public void unsubscribe(UnsubscribeRequest request, StreamObserver<UnsubscribeResponse> out) {
        if (durable.remove(request.getSubscription()) == null) {
            out.onError(
                    FakeErrors.of(
                            ErrorCode.SUBSCRIPTION_NOT_FOUND,
                            "There is no subscription " + request.getSubscription() + "."));
            return;
        }
        out.onNext(UnsubscribeResponse.getDefaultInstance());
        out.onCompleted();
    }

    @Override
    public void listSubscriptions(
            ListSubscriptionsRequest request, StreamObserver<ListSubscriptionsResponse> out) {
        ListSubscriptionsResponse.Builder response = ListSubscriptionsResponse.newBuilder();
        durable.values()
                .forEach(
                        one ->
                                response.addSubscriptions(
                                        Subscription.newBuilder()
                                                .setName(one.getSubscription())
                                                .setTopic(one.getTopic())
                                                .setDurable(true)
                                                .setAckMode(AckMode.ACK_MODE_EXPLICIT)));
        out.onNext(response.build());
        out.onCompleted();
    }
}
