package io.prism.standalone.e2e;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.prism.standalone.Ports;
import io.prism.standalone.PrismStandalone;
import io.prism.v1.AdminServiceGrpc;
import io.prism.v1.CacheServiceGrpc;
import io.prism.v1.CreateNamespaceRequest;
import io.prism.v1.Event;
import io.prism.v1.PayloadServiceGrpc;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.QueueServiceGrpc;
import io.prism.v1.ReaderServiceGrpc;
import io.prism.v1.SubscribeRequest;
import io.prism.v1.TransactServiceGrpc;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client as an application would write it. */
final class TestClient implements AutoCloseable {
    private final ManagedChannel data;
    private final ManagedChannel admin;
    private final Runnable whenHeaders;

    private TestClient(ManagedChannel data, ManagedChannel admin, Runnable whenHeaders) {
        this.data = data;
        this.admin = admin;
        this.whenHeaders = whenHeaders;
    }

    /**
     * The same client; the callback runs when response headers come. Only the original is closed.
     */
    TestClient onHeaders(Runnable callback) {
        return new TestClient(data, admin, callback);
    }

    TestClient(int grpcPort, int adminPort) {
        this.whenHeaders = () -> {};
        this.data =
                NettyChannelBuilder.forAddress("127.0.0.1", grpcPort)
                        .usePlaintext()
                        .maxInboundMessageSize(100 << 20)
                        .build();
        this.admin = NettyChannelBuilder.forAddress("127.0.0.1", adminPort).usePlaintext().build();
    }

    static TestClient of(PrismStandalone prism) {
        return new TestClient(
                prism.ports().of(Ports.Port.GRPC), prism.ports().of(Ports.Port.ADMIN));
    }

    static Metadata namespaceHeader(String namespace) {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("x-prism-namespace", Metadata.ASCII_STRING_MARSHALLER), namespace);
        return headers;
    }

    ManagedChannel dataChannel() {
        return data;
    }

    AdminServiceGrpc.AdminServiceBlockingStub admin() {
        return AdminServiceGrpc.newBlockingStub(admin).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    PubSubServiceGrpc.PubSubServiceBlockingStub pubsub(String namespace) {
        return PubSubServiceGrpc.newBlockingStub(data)
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(namespaceHeader(namespace)))
                .withDeadlineAfter(120, TimeUnit.SECONDS);
    }

    PubSubServiceGrpc.PubSubServiceStub asyncPubsub(String namespace) {
        return PubSubServiceGrpc.newStub(data)
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(namespaceHeader(namespace)),
                        new HeadersInterceptor(whenHeaders));
    }

    QueueServiceGrpc.QueueServiceBlockingStub queue(String namespace) {
        return QueueServiceGrpc.newBlockingStub(data)
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(namespaceHeader(namespace)))
                .withDeadlineAfter(120, TimeUnit.SECONDS);
    }

    QueueServiceGrpc.QueueServiceStub asyncQueue(String namespace) {
        return QueueServiceGrpc.newStub(data)
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(namespaceHeader(namespace)));
    }

    TransactServiceGrpc.TransactServiceBlockingStub transact(String namespace) {
        return TransactServiceGrpc.newBlockingStub(data)
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(namespaceHeader(namespace)))
                .withDeadlineAfter(120, TimeUnit.SECONDS);
    }

    TransactServiceGrpc.TransactServiceStub asyncTransact(String namespace) {
        return TransactServiceGrpc.newStub(data)
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(namespaceHeader(namespace)));
    }

    CacheServiceGrpc.CacheServiceBlockingStub cache(String namespace) {
        return CacheServiceGrpc.newBlockingStub(data)
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(namespaceHeader(namespace)))
                .withDeadlineAfter(120, TimeUnit.SECONDS);
    }

    ReaderServiceGrpc.ReaderServiceBlockingStub reader(String namespace) {
        return ReaderServiceGrpc.newBlockingStub(data)
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(namespaceHeader(namespace)))
                .withDeadlineAfter(120, TimeUnit.SECONDS);
    }

    private record HeadersInterceptor(Runnable callback) implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(
                MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                public void onHeaders(Metadata received) {
                                    callback.run();
                                    super.onHeaders(received);
                                }
                            },
                            headers);
                }
            };
        }
    }

    PayloadServiceGrpc.PayloadServiceBlockingStub payloads(String namespace) {
        return PayloadServiceGrpc.newBlockingStub(data)
                .withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(namespaceHeader(namespace)))
                .withDeadlineAfter(120, TimeUnit.SECONDS);
    }

    void create(String yaml) {
        var response =
                admin().createNamespace(
                                CreateNamespaceRequest.newBuilder().setDocument(yaml).build());
        if (response.getNamespacesCount() == 0) {
            throw new AssertionError("nothing was created");
        }
    }

    /** A pubsub namespace with a claim check of threshold 1 MB that deletes on consumption. */
    void createClaimCheck(String name) {
        createClaimCheck(name, "on_consume");
    }

    /** The same, but payloads stay although they are consumed. */
    void createKeepingClaimCheck(String name) {
        createClaimCheck(name, "ttl");
    }

    private void createClaimCheck(String name, String strategy) {
        create(
                """
                namespaces:
                  - name: %s
                    client_api: pubsub
                    patterns:
                      - type: claim-check
                        threshold: 1MB
                        storage: s3
                        cleanup: {strategy: %s, ttl: 7d}
                    backend: kafka
                """
                        .formatted(name, strategy));
    }

    /** A pubsub namespace without patterns. */
    void createPlain(String name) {
        create(
                """
                namespaces:
                  - name: %s
                    client_api: pubsub
                    backend: kafka
                """
                        .formatted(name));
    }

    PublishResponse publish(String namespace, String topic, ByteString payload) {
        return pubsub(namespace)
                .publish(PublishRequest.newBuilder().setTopic(topic).setPayload(payload).build());
    }

    /** The first events of a new ephemeral subscription from the earliest message. */
    List<Event> read(String namespace, String topic, int count) {
        return take(namespace, SubscribeRequest.newBuilder().setTopic(topic).build(), count);
    }

    List<Event> take(String namespace, SubscribeRequest request, int count) {
        Context.CancellableContext context = Context.current().withCancellation();
        Context before = context.attach();
        try {
            Iterator<Event> events = pubsub(namespace).subscribe(request);
            List<Event> taken = new ArrayList<>();
            while (taken.size() < count) {
                taken.add(events.next());
            }
            return taken;
        } finally {
            context.detach(before);
            context.cancel(null);
        }
    }

    /** The reason in the ErrorInfo of a failed call. */
    static String reason(Throwable failure) {
        if (!(failure instanceof StatusRuntimeException)) {
            throw new AssertionError("not a status", failure);
        }
        return reason(StatusProto.fromThrowable(failure));
    }

    static String reason(Status status) {
        for (var detail : status.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    ErrorInfo info = detail.unpack(ErrorInfo.class);
                    return info.getDomain().equals("prism")
                            ? info.getReason()
                            : "domain " + info.getDomain();
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return "no ErrorInfo in " + status;
    }

    @Override
    public void close() {
        data.shutdownNow();
        admin.shutdownNow();
    }
}
