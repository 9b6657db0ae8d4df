package io.prism.gateway.ingress;

import io.grpc.stub.ServerCallStreamObserver;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.error.Errors;
import io.prism.gateway.queue.MessageSink;
import io.prism.gateway.queue.QueueStream;
import io.prism.v1.Message;
import org.jspecify.annotations.Nullable;

/** One Subscribe call of QueueService as the sink of its stream. */
final class QueueSubscribeCall implements MessageSink {
    private final ServerCallStreamObserver<Message> call;
    private final Runnable sendHeaders = CallContext.headersOfCall();
    private volatile @Nullable QueueStream stream;
    private volatile boolean cancelled;

    QueueSubscribeCall(ServerCallStreamObserver<Message> call) {
        this.call = call;
        call.setOnReadyHandler(this::wake);
        call.setOnCancelHandler(
                () -> {
                    cancelled = true;
                    end();
                });
    }

    void opened(QueueStream opened) {
        stream = opened;
        if (cancelled) {
            end();
        }
        opened.wake();
    }

    private void wake() {
        QueueStream opened = stream;
        if (opened != null) {
            opened.wake();
        }
    }

    private void end() {
        QueueStream opened = stream;
        if (opened != null) {
            opened.end(new PrismException(ErrorCode.CANCELLED, "the consumer went away"));
        }
    }

    @Override
    public void opened() {
        if (!cancelled) {
            sendHeaders.run();
        }
    }

    @Override
    public boolean ready() {
        return !cancelled && call.isReady();
    }

    @Override
    public void send(Message message) {
        if (!cancelled) {
            call.onNext(message);
        }
    }

    @Override
    public void end(RuntimeException reason) {
        if (!cancelled) {
            call.onError(Errors.toGrpc(reason));
        }
    }
}
