package io.prism.gateway.ingress;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.trace.Trace;
import io.prism.gateway.error.Errors;
import io.prism.gateway.pattern.Payload;
import io.prism.gateway.pattern.PublishLane;
import io.prism.gateway.pattern.Receipt;
import io.prism.gateway.publish.PublishLimits;
import io.prism.gateway.publish.Publisher;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One PublishStream. Requests go into the chain as they arrive, in their order; responses leave in
 * the same order as their messages become durable. Reading pauses while too much is in flight, so a
 * client cannot outrun the log.
 */
final class PublishStreamCall implements StreamObserver<PublishRequest> {
    private static final int MAX_PENDING = 4_096;
    private static final long MAX_PENDING_BYTES = 16L << 20;
    private static final int MAX_DEMAND = 1_024;

    private final Publisher publisher;
    private final ServerCallStreamObserver<PublishResponse> call;
    private final PublishLimits limits;
    private final Streams streams;
    private final MessageTraces traces;
    private final PublishLane lane = new PublishLane();

    /** Guards everything below; responses are sent while it is held, which keeps their order. */
    private final Object lock = new Object();

    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private long pendingBytes;
    private int demand;
    private boolean halfClosed;
    private boolean over;

    /** Completions that came while another thread was sending: that thread looks again. */
    private final AtomicInteger completions = new AtomicInteger();

    private record Pending(CompletableFuture<Receipt> receipt, int bytes) {}

    PublishStreamCall(
            Publisher publisher,
            ServerCallStreamObserver<PublishResponse> call,
            PublishLimits limits,
            Streams streams,
            MessageTraces traces) {
        this.publisher = publisher;
        this.call = call;
        this.limits = limits;
        this.streams = streams;
        this.traces = traces;
        call.disableAutoRequest();
        call.setOnCancelHandler(this::cancelled);
        call.setOnReadyHandler(this::flush);
        streams.opened(this);
        synchronized (lock) {
            request(1);
        }
    }

    @Override
    public void onNext(PublishRequest request) {
        int bytes = request.getPayload().size();
        CompletableFuture<Receipt> receipt;
        Trace trace = traces.of(request);
        try {
            limits.acquire(bytes);
            receipt =
                    trace.during(
                            () ->
                                    publisher.publish(
                                            request,
                                            new Payload.Inline(request.getPayload()),
                                            lane.reserve(),
                                            trace));
            receipt.whenComplete((done, failure) -> limits.release(bytes));
        } catch (PrismException overloaded) {
            trace.end(overloaded);
            receipt = CompletableFuture.failedFuture(overloaded);
        }
        synchronized (lock) {
            demand--;
            pending.addLast(new Pending(receipt, bytes));
            pendingBytes += bytes;
            readOn(bytes);
        }
        receipt.whenComplete((done, failure) -> flush());
    }

    /**
     * Asks for as many more messages as fit beside what is pending, judging by the size of the last
     * one.
     */
    private void readOn(int lastBytes) {
        if (over || halfClosed || !call.isReady() || !limits.hasRoom()) {
            return;
        }
        long room = (MAX_PENDING_BYTES - pendingBytes) / Math.max(lastBytes, 1);
        int wanted = (int) Math.min(Math.min(room, MAX_DEMAND), MAX_PENDING - pending.size());
        if (demand <= wanted / 2) {
            request(wanted - demand);
        }
    }

    private void request(int messages) {
        if (messages > 0) {
            demand += messages;
            call.request(messages);
        }
    }

    /**
     * Sends the responses that stand ready at the head; one thread at a time, and none waits for
     * another.
     */
    private void flush() {
        if (completions.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            synchronized (lock) {
                sendReady();
            }
            seen = completions.addAndGet(-seen);
        } while (seen > 0);
    }

    private void sendReady() {
        int lastBytes = 0;
        Pending head = pending.peekFirst();
        while (!over && head != null && head.receipt().isDone()) {
            pending.removeFirst();
            pendingBytes -= head.bytes();
            lastBytes = head.bytes();
            call.onNext(response(head.receipt()));
            head = pending.peekFirst();
        }
        if (over) {
            return;
        }
        if (pending.isEmpty() && halfClosed) {
            over = true;
            streams.closed(this);
            call.onCompleted();
        } else if (demand == 0 || lastBytes > 0) {
            readOn(Math.max(lastBytes, 1));
            if (demand == 0 && pending.isEmpty() && !halfClosed) {
                request(1);
            }
        }
    }

    private static PublishResponse response(CompletableFuture<Receipt> receipt) {
        try {
            return Responses.of(receipt.join());
        } catch (RuntimeException e) {
            return Responses.of(e);
        }
    }

    @Override
    public void onCompleted() {
        synchronized (lock) {
            halfClosed = true;
        }
        flush();
    }

    @Override
    public void onError(Throwable failure) {
        cancelled();
    }

    /** The client is gone; what is in flight becomes durable without anybody to tell. */
    private void cancelled() {
        synchronized (lock) {
            over = true;
            pending.clear();
        }
        streams.closed(this);
    }

    /** Reads no further; what is in flight is answered, then the stream ends with UNAVAILABLE. */
    void drain() {
        CompletableFuture<?>[] inFlight;
        synchronized (lock) {
            if (over || halfClosed) {
                return;
            }
            inFlight = pending.stream().map(Pending::receipt).toArray(CompletableFuture[]::new);
        }
        CompletableFuture.allOf(inFlight)
                .whenComplete(
                        (done, failure) -> {
                            flush();
                            synchronized (lock) {
                                if (!over) {
                                    over = true;
                                    call.onError(
                                            Errors.toGrpc(
                                                    new PrismException(
                                                            ErrorCode.DRAINING,
                                                            "this gateway is stopping; messages without a response must be sent again")));
                                }
                            }
                            streams.closed(this);
                        });
    }
}
