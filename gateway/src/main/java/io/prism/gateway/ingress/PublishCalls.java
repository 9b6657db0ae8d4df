package io.prism.gateway.ingress;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.core.spec.ClientApi;
import io.prism.core.trace.Traces;
import io.prism.gateway.error.Errors;
import io.prism.gateway.namespace.NamespaceRegistry;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.pattern.Payload;
import io.prism.gateway.pattern.PublishLane;
import io.prism.gateway.publish.PublishLimits;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.util.concurrent.Executor;

/** The three ways to publish, for every service that has them. */
final class PublishCalls {
    private final ClientApi api;
    private final NamespaceRegistry namespaces;
    private final PublishLimits limits;
    private final Streams streams;
    private final Traces traces;
    private final Executor blocking;

    PublishCalls(
            ClientApi api,
            NamespaceRegistry namespaces,
            PublishLimits limits,
            Streams streams,
            Traces traces,
            Executor blocking) {
        this.api = api;
        this.namespaces = namespaces;
        this.limits = limits;
        this.streams = streams;
        this.traces = traces;
        this.blocking = blocking;
    }

    void publish(PublishRequest request, StreamObserver<PublishResponse> observer) {
        // A receipt may come while the client is already gone; a handler says that nobody minds.
        ((ServerCallStreamObserver<PublishResponse>) observer).setOnCancelHandler(() -> {});
        int size = request.getPayload().size();
        try {
            ServedNamespace namespace = CallContext.namespace(namespaces, api);
            limits.acquire(size);
            namespace
                    .publisher()
                    .publish(
                            request,
                            new Payload.Inline(request.getPayload()),
                            PublishLane.alone(),
                            CallTraces.current())
                    .whenComplete(
                            (receipt, failure) -> {
                                limits.release(size);
                                if (failure == null) {
                                    observer.onNext(Responses.of(receipt));
                                    observer.onCompleted();
                                } else {
                                    observer.onError(Errors.toGrpc(failure));
                                }
                            });
        } catch (RuntimeException e) {
            observer.onError(Errors.toGrpc(e));
        }
    }

    StreamObserver<PublishRequest> publishStream(StreamObserver<PublishResponse> observer) {
        ServerCallStreamObserver<PublishResponse> call =
                (ServerCallStreamObserver<PublishResponse>) observer;
        try {
            return new PublishStreamCall(
                    CallContext.namespace(namespaces, api).publisher(),
                    call,
                    limits,
                    streams,
                    new MessageTraces(traces, CallTraces.current()));
        } catch (RuntimeException e) {
            return Refused.with(call, e);
        }
    }

    StreamObserver<PublishChunk> publishChunked(StreamObserver<PublishResponse> observer) {
        ServerCallStreamObserver<PublishResponse> call =
                (ServerCallStreamObserver<PublishResponse>) observer;
        try {
            return new PublishChunkedCall(
                    CallContext.namespace(namespaces, api).publisher(),
                    call,
                    blocking,
                    new MessageTraces(traces, CallTraces.current()));
        } catch (RuntimeException e) {
            return Refused.with(call, e);
        }
    }
}
