package io.prism.gateway.ingress;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.gateway.error.Errors;
import io.prism.gateway.publish.PublishLimits;
import io.prism.gateway.transact.InteractiveTransaction;
import io.prism.v1.TransactionRequest;
import io.prism.v1.TransactionResponse;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One Transaction: hands requests to the transaction's own thread, one at a time, so that the
 * call's stays free to hear that the client is gone.
 */
final class TransactionCall
        implements StreamObserver<TransactionRequest>, InteractiveTransaction.Client {
    private final ServerCallStreamObserver<TransactionResponse> call;
    private final PublishLimits limits;

    /** Of the request that is being worked on. */
    private final AtomicLong held = new AtomicLong();

    private volatile @Nullable InteractiveTransaction transaction;

    /** Guards answers: both threads may give the last one. */
    private final Object lock = new Object();

    private boolean over;

    TransactionCall(ServerCallStreamObserver<TransactionResponse> call, PublishLimits limits) {
        this.call = call;
        this.limits = limits;
        call.disableAutoRequest();
        call.setOnCancelHandler(this::cancelled);
    }

    /** Begins; nothing of the call is handled before this has returned. */
    TransactionCall begin(Function<InteractiveTransaction.Client, InteractiveTransaction> begin) {
        transaction = begin.apply(this);
        return this;
    }

    @Override
    public void onNext(TransactionRequest request) {
        long size = request.getSerializedSize();
        try {
            limits.acquire(size);
            held.set(size);
        } catch (RuntimeException overloaded) {
            fail(overloaded);
            cancelled();
            return;
        }
        InteractiveTransaction running = transaction;
        if (running != null) {
            running.request(request);
        }
    }

    @Override
    public void onCompleted() {
        InteractiveTransaction running = transaction;
        if (running != null) {
            running.ended();
        }
    }

    @Override
    public void onError(Throwable failure) {
        cancelled();
    }

    private void cancelled() {
        InteractiveTransaction running = transaction;
        if (running != null) {
            running.gone();
        }
    }

    @Override
    public void next() {
        release();
        call.request(1);
    }

    @Override
    public void answer(TransactionResponse response) {
        synchronized (lock) {
            if (!over && !call.isCancelled()) {
                call.onNext(response);
            }
        }
    }

    @Override
    public void end() {
        release();
        synchronized (lock) {
            if (!over && !call.isCancelled()) {
                call.onCompleted();
            }
            over = true;
        }
    }

    @Override
    public void fail(RuntimeException why) {
        release();
        synchronized (lock) {
            if (!over && !call.isCancelled()) {
                call.onError(Errors.toGrpc(why));
            }
            over = true;
        }
    }

    private void release() {
        limits.release(held.getAndSet(0));
    }
}
