package io.prism.gateway.ingress;

import com.google.protobuf.MessageLite;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.core.spec.ClientApi;
import io.prism.core.spec.NamespaceSpec;
import io.prism.gateway.error.Errors;
import io.prism.gateway.namespace.NamespaceRegistry;
import io.prism.gateway.publish.PublishLimits;
import io.prism.gateway.reader.Reader;
import io.prism.gateway.reader.Reader.Outlet;
import io.prism.v1.CountRequest;
import io.prism.v1.CountResponse;
import io.prism.v1.GetRequest;
import io.prism.v1.GetResponse;
import io.prism.v1.Page;
import io.prism.v1.QueryRequest;
import io.prism.v1.ReadRequest;
import io.prism.v1.ReaderServiceGrpc;
import io.prism.v1.Row;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** ReaderService. */
final class ReaderIngress extends ReaderServiceGrpc.ReaderServiceImplBase {
    private final NamespaceRegistry namespaces;
    private final Reader reader;
    private final PublishLimits limits;
    private final Executor blocking;

    /**
     * @param blocking runs each task on a virtual thread of its own
     */
    ReaderIngress(
            NamespaceRegistry namespaces, Reader reader, PublishLimits limits, Executor blocking) {
        this.namespaces = namespaces;
        this.reader = reader;
        this.limits = limits;
        this.blocking = blocking;
    }

    private NamespaceSpec namespace() {
        return CallContext.namespace(namespaces, ClientApi.READER).plan().spec();
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> observer) {
        unary(request, observer, () -> reader.get(namespace(), request, CallContext.timeLeft()));
    }

    @Override
    public void count(CountRequest request, StreamObserver<CountResponse> observer) {
        unary(request, observer, () -> reader.count(namespace(), request, CallContext.timeLeft()));
    }

    @Override
    public void read(ReadRequest request, StreamObserver<Page> observer) {
        stream(
                request,
                observer,
                (namespace, left, out) -> reader.read(namespace, request, left, out));
    }

    @Override
    public void query(QueryRequest request, StreamObserver<Row> observer) {
        stream(
                request,
                observer,
                (namespace, left, out) -> reader.query(namespace, request, left, out));
    }

    /** Answers, unless too much is in flight. */
    private <A> void unary(MessageLite request, StreamObserver<A> observer, Supplier<A> answer) {
        // The answer may come while the client is already gone; a handler says that nobody minds.
        ((ServerCallStreamObserver<A>) observer).setOnCancelHandler(() -> {});
        long size = request.getSerializedSize();
        try {
            limits.acquire(size);
        } catch (RuntimeException e) {
            observer.onError(Errors.toGrpc(e));
            return;
        }
        try {
            PubSubIngress.unary(observer, answer);
        } finally {
            limits.release(size);
        }
    }

    private interface Streaming<A> {
        void run(NamespaceSpec namespace, Optional<Duration> left, Outlet<A> out);
    }

    /**
     * On a thread of its own: the call's own must stay free to hear that the client is ready, or
     * gone.
     */
    private <A> void stream(
            MessageLite request, StreamObserver<A> observer, Streaming<A> streaming) {
        ServerCallStreamObserver<A> call = (ServerCallStreamObserver<A>) observer;
        Pace pace = new Pace(call);
        long size = request.getSerializedSize();
        NamespaceSpec namespace;
        try {
            namespace = namespace();
            limits.acquire(size);
        } catch (RuntimeException e) {
            call.onError(Errors.toGrpc(e));
            return;
        }
        Optional<Duration> left = CallContext.timeLeft();
        blocking.execute(
                () -> {
                    try {
                        streaming.run(namespace, left, new Paced<>(call, pace));
                        if (!call.isCancelled()) {
                            call.onCompleted();
                        }
                    } catch (RuntimeException e) {
                        if (!call.isCancelled()) {
                            call.onError(Errors.toGrpc(e));
                        }
                    } finally {
                        limits.release(size);
                    }
                });
    }

    private record Paced<A>(ServerCallStreamObserver<A> call, Pace pace) implements Outlet<A> {
        @Override
        public boolean offer(A answer, Duration patience) {
            if (!pace.awaitReady(patience)) {
                return false;
            }
            call.onNext(answer);
            return true;
        }

        @Override
        public void whenGone(Runnable action) {
            pace.whenGone(action);
        }
    }
}
