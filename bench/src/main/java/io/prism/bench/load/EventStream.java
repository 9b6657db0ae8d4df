package io.prism.bench.load;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.prism.v1.Event;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.SubscribeRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** An open subscription; events arrive on the transport's thread, one after the other. */
public final class EventStream extends ClientCall.Listener<Event> implements AutoCloseable {
    private static final int READ_AHEAD = 1000;

    private final ClientCall<SubscribeRequest, Event> call;
    private final Consumer<Event> events;
    private final CompletableFuture<Void> positioned = new CompletableFuture<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();

    private EventStream(ClientCall<SubscribeRequest, Event> call, Consumer<Event> events) {
        this.call = call;
        this.events = events;
    }

    /**
     * Subscribes and returns once the subscription's position is fixed.
     *
     * @throws ExecutionException with the gRPC failure
     */
    public static EventStream open(
            Channel channel, SubscribeRequest request, Consumer<Event> events, Duration patience)
            throws InterruptedException, ExecutionException, TimeoutException {
        ClientCall<SubscribeRequest, Event> call =
                channel.newCall(PubSubServiceGrpc.getSubscribeMethod(), CallOptions.DEFAULT);
        EventStream stream = new EventStream(call, events);
        call.start(stream, new Metadata());
        call.request(READ_AHEAD);
        call.sendMessage(request);
        call.halfClose();
        try {
            var _ = stream.positioned.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            stream.close();
            throw e;
        }
        return stream;
    }

    @Override
    public void onHeaders(Metadata headers) {
        positioned.complete(null);
    }

    @Override
    public void onMessage(Event event) {
        events.accept(event);
        call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        positioned.completeExceptionally(status.asRuntimeException(trailers));
        ended.complete(status);
    }

    /** Completes when the stream has ended, with what the server ended it with. */
    public CompletableFuture<Status> ended() {
        return ended;
    }

    @Override
    public void close() {
        call.cancel("no longer needed", null);
    }
}
