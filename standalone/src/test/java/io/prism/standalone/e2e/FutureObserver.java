package io.prism.standalone.e2e;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** Completes a future with a stream's only response. */
record FutureObserver<A>(CompletableFuture<A> result) implements StreamObserver<A> {
    @Override
    public void onNext(A value) {
        result.complete(value);
    }

    @Override
    public void onError(Throwable failure) {
        result.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {}
}
