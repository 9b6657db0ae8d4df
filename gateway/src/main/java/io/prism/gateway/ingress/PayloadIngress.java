package io.prism.gateway.ingress;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.core.claim.ClaimStore;
import io.prism.core.claim.PayloadRef;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.error.Errors;
import io.prism.gateway.namespace.NamespaceRegistry;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.v1.FetchRequest;
import io.prism.v1.PayloadChunk;
import io.prism.v1.PayloadServiceGrpc;
import java.util.concurrent.Executor;

/**
 * PayloadService: streams claimed payloads as fast as the client reads them, with bounded memory.
 */
final class PayloadIngress extends PayloadServiceGrpc.PayloadServiceImplBase {
    private static final int CHUNK = 256 << 10;

    private final NamespaceRegistry namespaces;
    private final Executor blocking;

    PayloadIngress(NamespaceRegistry namespaces, Executor blocking) {
        this.namespaces = namespaces;
        this.blocking = blocking;
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<PayloadChunk> observer) {
        ServerCallStreamObserver<PayloadChunk> call =
                (ServerCallStreamObserver<PayloadChunk>) observer;
        Pace pace = new Pace(call);
        ServedNamespace namespace;
        try {
            namespace = CallContext.namespace(namespaces);
            if (request.getOffset() < 0 || request.getLength() < 0) {
                throw PrismException.ofField(
                        ErrorCode.RANGE_INVALID,
                        "offset",
                        "offset and length must not be negative");
            }
        } catch (RuntimeException e) {
            call.onError(Errors.toGrpc(e));
            return;
        }
        // On a thread of its own: the call's own must stay free to hear that the client is ready,
        // or gone.
        blocking.execute(() -> stream(namespace, request, call, pace));
    }

    private static void stream(
            ServedNamespace namespace,
            FetchRequest request,
            ServerCallStreamObserver<PayloadChunk> call,
            Pace pace) {
        try (ClaimStore.Download download =
                namespace.open(
                        PayloadRef.decode(request.getPayloadRef()),
                        request.getOffset(),
                        request.getLength())) {
            long offset = request.getOffset();
            while (pace.awaitReady()) {
                byte[] bytes = download.read(CHUNK);
                if (bytes == null) {
                    call.onCompleted();
                    return;
                }
                call.onNext(
                        PayloadChunk.newBuilder()
                                .setData(UnsafeByteOperations.unsafeWrap(bytes))
                                .setOffset(offset)
                                .build());
                offset += bytes.length;
            }
        } catch (RuntimeException e) {
            if (!call.isCancelled()) {
                call.onError(Errors.toGrpc(e));
            }
        }
    }
}
