package io.prism.gateway.ingress;

import com.google.protobuf.MessageLite;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.core.spec.ClientApi;
import io.prism.core.trace.Trace;
import io.prism.gateway.error.Errors;
import io.prism.gateway.namespace.NamespaceRegistry;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.publish.PublishLimits;
import io.prism.gateway.transact.Transact;
import io.prism.v1.ProcessMailboxRequest;
import io.prism.v1.ProcessMailboxResponse;
import io.prism.v1.ReadMailboxRequest;
import io.prism.v1.ReadMailboxResponse;
import io.prism.v1.TransactServiceGrpc;
import io.prism.v1.TransactionRequest;
import io.prism.v1.TransactionResponse;
import io.prism.v1.WriteRequest;
import io.prism.v1.WriteResponse;
import java.util.function.Supplier;

/** TransactService. */
final class TransactIngress extends TransactServiceGrpc.TransactServiceImplBase {
    private final NamespaceRegistry namespaces;
    private final Transact transact;
    private final PublishLimits limits;

    TransactIngress(NamespaceRegistry namespaces, Transact transact, PublishLimits limits) {
        this.namespaces = namespaces;
        this.transact = transact;
        this.limits = limits;
    }

    private ServedNamespace namespace() {
        return CallContext.namespace(namespaces, ClientApi.TRANSACT);
    }

    @Override
    public void write(WriteRequest request, StreamObserver<WriteResponse> observer) {
        bounded(
                request,
                observer,
                () ->
                        transact.write(
                                namespace(),
                                request,
                                CallContext.timeLeft(),
                                CallTraces.current()));
    }

    @Override
    public StreamObserver<TransactionRequest> transaction(
            StreamObserver<TransactionResponse> observer) {
        ServerCallStreamObserver<TransactionResponse> call =
                (ServerCallStreamObserver<TransactionResponse>) observer;
        Trace trace = CallTraces.current();
        try {
            return new TransactionCall(call, limits)
                    .begin(
                            client ->
                                    transact.begin(
                                            namespace(), client, CallContext.timeLeft(), trace));
        } catch (RuntimeException e) {
            return Refused.with(call, e);
        }
    }

    @Override
    public void readMailbox(
            ReadMailboxRequest request, StreamObserver<ReadMailboxResponse> observer) {
        bounded(
                request,
                observer,
                () -> transact.readMailbox(namespace(), request, CallContext.timeLeft()));
    }

    @Override
    public void processMailbox(
            ProcessMailboxRequest request, StreamObserver<ProcessMailboxResponse> observer) {
        bounded(
                request,
                observer,
                () ->
                        transact.processMailbox(
                                namespace(),
                                request,
                                CallContext.timeLeft(),
                                CallTraces.current()));
    }

    /** Answers, unless too much is in flight. */
    private <A> void bounded(MessageLite request, StreamObserver<A> observer, Supplier<A> answer) {
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
}
