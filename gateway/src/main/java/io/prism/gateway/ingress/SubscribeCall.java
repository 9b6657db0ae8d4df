package io.prism.gateway.ingress;

import io.grpc.stub.ServerCallStreamObserver;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.error.Errors;
import io.prism.gateway.subscription.EventSink;
import io.prism.gateway.subscription.SubscriptionStream;
import io.prism.v1.Event;
import org.jspecify.annotations.Nullable;

/** One Subscribe call as the sink of its stream. */
final class SubscribeCall implements EventSink {
    private final ServerCallStreamObserver<Event> call;
    private final Runnable sendHeaders = CallContext.headersOfCall();
    private volatile @Nullable SubscriptionStream stream;
    private volatile boolean cancelled;
    private volatile boolean positioned;

    SubscribeCall(ServerCallStreamObserver<Event> call) {
        this.call = call;
        call.setOnReadyHandler(this::wake);
        call.setOnCancelHandler(
                () -> {
                    cancelled = true;
                    end();
                });
    }

    void opened(SubscriptionStream opened) {
        stream = opened;
        if (cancelled) {
            end();
        }
        opened.wake();
    }

    private void wake() {
        SubscriptionStream opened = stream;
        if (opened != null) {
            opened.wake();
        }
    }

    private void end() {
        SubscriptionStream opened = stream;
        if (opened != null) {
            opened.end(new PrismException(ErrorCode.CANCELLED, "the subscriber went away"));
        }
    }

    @Override
    public void positioned() {
        if (!cancelled) {
            sendHeaders.run();
        }
        positioned = true;
        wake();
    }

    @Override
    public boolean ready() {
        return positioned && !cancelled && call.isReady();
    }

    @Override
    public void send(Event event) {
        if (!cancelled) {
            call.onNext(event);
        }
    }

    @Override
    public void end(RuntimeException reason) {
        if (!cancelled) {
            call.onError(Errors.toGrpc(reason));
        }
    }
}
