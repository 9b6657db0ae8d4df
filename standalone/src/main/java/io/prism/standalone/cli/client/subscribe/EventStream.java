package io.prism.standalone.cli.client.subscribe;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.prism.v1.Event;
import io.prism.v1.PubSubServiceGrpc.PubSubServiceBlockingV2Stub;
import io.prism.v1.SubscribeRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A subscription's events, one at a time: the next is asked for when the one before was taken. Read
 * by one thread; may be cancelled by another.
 */
public final class EventStream implements AutoCloseable {
    private final BlockingClientCall<?, Event> call;

    private EventStream(BlockingClientCall<?, Event> call) {
        this.call = call;
    }

    public static EventStream open(PubSubServiceBlockingV2Stub stub, SubscribeRequest request) {
        return new EventStream(stub.subscribe(request));
    }

    /** What waiting brought. */
    public sealed interface Next {
        record Arrived(Event event) implements Next {}

        /** Nothing came in time. */
        record Nothing() implements Next {}

        /** The server ended the stream without an error. */
        record Ended() implements Next {}
    }

    /** Waits that long; an error of the stream is thrown after the events before it. */
    public Next next(Duration wait) throws StatusException, InterruptedException {
        try {
            Event event = call.read(wait.toNanos(), TimeUnit.NANOSECONDS);
            return event == null ? new Next.Ended() : new Next.Arrived(event);
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
