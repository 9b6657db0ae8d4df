package io.prism.gateway.ingress;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.gateway.error.Errors;

/** The request side of a stream that was refused before its first message. */
final class Refused<Q> implements StreamObserver<Q> {
    private Refused() {}

    static <Q> StreamObserver<Q> with(ServerCallStreamObserver<?> call, RuntimeException reason) {
        call.onError(Errors.toGrpc(reason));
        return new Refused<>();
    }

    @Override
    public void onNext(Q value) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
}
