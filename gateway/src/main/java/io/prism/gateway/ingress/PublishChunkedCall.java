package io.prism.gateway.ingress;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.trace.Trace;
import io.prism.gateway.error.Errors;
import io.prism.gateway.pattern.Payload;
import io.prism.gateway.pattern.PublishLane;
import io.prism.gateway.publish.Publisher;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One PublishChunked: a queue between the call, which reads at most a few chunks ahead, and the
 * chain, which takes them on a thread of its own. If the client goes away before the end, the chain
 * finds out at its next read and publishes nothing.
 */
final class PublishChunkedCall implements StreamObserver<PublishChunk>, Payload.Source {
    static final int MAX_CHUNK = 4 << 20;
    private static final long MAX_QUEUED = 2L << 20;

    private final Publisher publisher;
    private final ServerCallStreamObserver<PublishResponse> call;
    private final Executor blocking;
    private final MessageTraces traces;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<ByteString> chunks = new ArrayDeque<>();
    private long queued;
    private boolean reading;
    private boolean ended;
    private @Nullable PrismException broken;
    private boolean started;

    PublishChunkedCall(
            Publisher publisher,
            ServerCallStreamObserver<PublishResponse> call,
            Executor blocking,
            MessageTraces traces) {
        this.publisher = publisher;
        this.call = call;
        this.blocking = blocking;
        this.traces = traces;
        call.disableAutoRequest();
        call.setOnCancelHandler(() -> fail(gone()));
        readOn();
    }

    private static PrismException gone() {
        return new PrismException(
                ErrorCode.CANCELLED,
                "the client went away before the payload's end; nothing was published");
    }

    @Override
    public void onNext(PublishChunk chunk) {
        switch (chunk.getPartCase()) {
            case HEADER -> header(chunk.getHeader());
            case DATA -> data(chunk.getData());
            case PART_NOT_SET -> refuse(outOfOrder("a chunk holds neither header nor data"));
        }
    }

    private void header(PublishRequest header) {
        if (started) {
            refuse(
                    outOfOrder(
                            "a second header came; the header is the first chunk, and the only one"));
        } else if (!header.getPayload().isEmpty()) {
            refuse(outOfOrder("the header holds a payload; send it as data chunks"));
        } else {
            started = true;
            received();
            blocking.execute(() -> publish(header));
        }
    }

    private static PrismException outOfOrder(String what) {
        return PrismException.ofField(ErrorCode.CHUNK_OUT_OF_ORDER, "part", what);
    }

    private void publish(PublishRequest header) {
        Trace trace = traces.of(header);
        trace.during(
                        () ->
                                publisher.publish(
                                        header,
                                        new Payload.Chunked(this),
                                        PublishLane.alone(),
                                        trace))
                .whenComplete(
                        (receipt, failure) -> {
                            if (failure == null) {
                                call.onNext(Responses.of(receipt));
                                call.onCompleted();
                            } else {
                                stop(failure);
                            }
                        });
    }

    private void data(ByteString bytes) {
        if (!started) {
            refuse(outOfOrder("data came before the header"));
            return;
        }
        if (bytes.size() > MAX_CHUNK) {
            refuse(
                    PrismException.ofField(
                            ErrorCode.MESSAGE_TOO_LARGE,
                            "data",
                            "a chunk has "
                                    + bytes.size()
                                    + " bytes; at most "
                                    + MAX_CHUNK
                                    + " are allowed"));
            return;
        }
        lock.lock();
        try {
            if (broken == null && !bytes.isEmpty()) {
                chunks.addLast(bytes);
                queued += bytes.size();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        received();
    }

    private void received() {
        lock.lock();
        try {
            reading = false;
        } finally {
            lock.unlock();
        }
        readOn();
    }

    /** Asks for the next chunk if there is room for it. */
    private void readOn() {
        lock.lock();
        try {
            if (reading || ended || broken != null || queued > MAX_QUEUED) {
                return;
            }
            reading = true;
        } finally {
            lock.unlock();
        }
        call.request(1);
    }

    @Override
    public @Nullable ByteString next() {
        ByteString chunk;
        lock.lock();
        try {
            while (chunks.isEmpty() && !ended && broken == null) {
                changed.await();
            }
            if (broken != null) {
                throw broken;
            }
            chunk = chunks.pollFirst();
            queued -= chunk == null ? 0 : chunk.size();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
        } finally {
            lock.unlock();
        }
        readOn();
        return chunk;
    }

    private void refuse(PrismException reason) {
        stop(reason);
    }

    /** Tells the client, once, and lets the chain know. */
    private void stop(Throwable reason) {
        Throwable cause = Errors.unwrap(reason);
        fail(
                cause instanceof PrismException known
                        ? known
                        : new PrismException(ErrorCode.INTERNAL, "publishing failed", cause));
    }

    private void fail(PrismException reason) {
        boolean first;
        lock.lock();
        try {
            first = broken == null;
            broken = first ? reason : broken;
            chunks.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (first && !call.isCancelled()) {
            call.onError(Errors.toGrpc(reason));
        }
    }

    @Override
    public void onCompleted() {
        if (!started) {
            refuse(outOfOrder("the stream ended before the header"));
            return;
        }
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable failure) {
        fail(gone());
    }
}
