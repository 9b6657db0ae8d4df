package io.prism.gateway.ingress;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.error.Errors;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the calls in flight, and once the gateway stops refuses new ones with UNAVAILABLE.
 * Thread-safe.
 */
final class Draining implements ServerInterceptor {
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean begun;

    void begin() {
        begun = true;
    }

    /** Waits until no call is in flight, at most the given time. */
    void awaitIdle(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            while (inFlight.get() > 0 && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (begun) {
            StatusRuntimeException refusal =
                    Errors.toGrpc(
                            new PrismException(
                                    ErrorCode.DRAINING,
                                    "this gateway is stopping; another one takes the call"));
            Metadata trailers = refusal.getTrailers();
            call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
            return new ServerCall.Listener<>() {};
        }
        inFlight.incrementAndGet();
        AtomicBoolean counted = new AtomicBoolean(true);
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            @Override
            public void onComplete() {
                super.onComplete();
                done();
            }

            @Override
            public void onCancel() {
                super.onCancel();
                done();
            }

            private void done() {
                if (counted.compareAndSet(true, false)) {
                    inFlight.decrementAndGet();
                }
            }
        };
    }
}
