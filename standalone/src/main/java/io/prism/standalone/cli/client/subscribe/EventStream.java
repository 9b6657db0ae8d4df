package io.prism.standalone.cli.client.subscribe;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.prism.v1.Event;
import io.prism.v1.Message;
import io.prism.v1.PubSubServiceGrpc.PubSubServiceBlockingV2Stub;
import io.prism.v1.QueueServiceGrpc.QueueServiceBlockingV2Stub;
import io.prism.v1.QueueSubscribeRequest;
import io.prism.v1.SubscribeRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A subscription's events or a queue's messages, one at a time: the next is asked for when the one
 * before was taken. Read by one thread; may be cancelled by another.
 */
public final class EventStream implements AutoCloseable {
    private final BlockingClientCall<?, ?> call;
    private final Reading reading;

    private EventStream(BlockingClientCall<?, ?> call, Reading reading) {
        this.call = call;
        this.reading = reading;
    }

    private interface Reading {
        Next read(long nanos) throws StatusException, InterruptedException, TimeoutException;
    }

    public static EventStream open(PubSubServiceBlockingV2Stub stub, SubscribeRequest request) {
        BlockingClientCall<?, Event> call = stub.subscribe(request);
        return new EventStream(
                call,
                nanos -> {
                    Event event = call.read(nanos, TimeUnit.NANOSECONDS);
                    return event == null ? new Next.Ended() : new Next.Arrived(Delivery.of(event));
                });
    }

    /** When it ends, its leases do. */
    public static EventStream open(QueueServiceBlockingV2Stub stub, QueueSubscribeRequest request) {
        BlockingClientCall<?, Message> call = stub.subscribe(request);
        return new EventStream(
                call,
                nanos -> {
                    Message message = call.read(nanos, TimeUnit.NANOSECONDS);
                    return message == null
                            ? new Next.Ended()
                            : new Next.Arrived(Delivery.of(message));
                });
    }

    /** What waiting brought. */
    public sealed interface Next {
        record Arrived(Delivery delivery) implements Next {}

        /** Nothing came in time. */
        record Nothing() implements Next {}

        /** The server ended the stream without an error. */
        record Ended() implements Next {}
    }

    /** Waits that long; an error of the stream is thrown after the events before it. */
    public Next next(Duration wait) throws StatusException, InterruptedException {
        try {
            return reading.read(wait.toNanos());
        } catch (TimeoutException e) {
            return new Next.Nothing();
        }
    }

    /** Ends the stream, from any thread; what was not read is dropped. */
    public void cancel() {
        call.cancel("the client is done", null);
    }

    @Override
    public void close() {
        cancel();
    }
}
