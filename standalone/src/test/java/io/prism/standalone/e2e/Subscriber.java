package io.prism.standalone.e2e;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.v1.Event;
import io.prism.v1.SubscribeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A subscriber that reads only as much as it is told to. */
final class Subscriber implements ClientResponseObserver<SubscribeRequest, Event>, AutoCloseable {
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
    private final int initial;
    private volatile @Nullable ClientCallStreamObserver<SubscribeRequest> call;

    /**
     * @param initial how many events are asked for at first; {@link #request} asks for more
     */
    Subscriber(TestClient client, String namespace, SubscribeRequest request, int initial) {
        this.initial = initial;
        client.asyncPubsub(namespace).subscribe(request, this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
        call = stream;
        stream.disableAutoRequestWithInitial(initial);
    }

    void request(int count) {
        java.util.Objects.requireNonNull(call).request(count);
    }

    @Override
    public void onNext(Event event) {
        events.add(event);
    }

    @Override
    public void onError(Throwable failure) {
        ended.complete(failure);
    }

    @Override
    public void onCompleted() {
        ended.complete(new AssertionError("completed"));
    }

    List<Event> take(int count) {
        List<Event> taken = new ArrayList<>();
        try {
            while (taken.size() < count) {
                Event event = events.poll(60, TimeUnit.SECONDS);
                if (event == null) {
                    throw new AssertionError(
                            "only "
                                    + taken.size()
                                    + " of "
                                    + count
                                    + " events came; ended: "
                                    + (ended.isDone() ? ended.join() : "no"));
                }
                taken.add(event);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return taken;
    }

    /** What comes within the time, if anything. */
    List<Event> drain(Duration time) {
        List<Event> taken = new ArrayList<>();
        try {
            Event event = events.poll(time.toMillis(), TimeUnit.MILLISECONDS);
            while (event != null) {
                taken.add(event);
                event = events.poll(time.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return taken;
    }

    boolean isOver() {
        return ended.isDone();
    }

    Throwable ended() {
        return ended.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        ClientCallStreamObserver<SubscribeRequest> stream = call;
        if (stream != null) {
            stream.cancel("closed", null);
        }
        ended.orTimeout(60, TimeUnit.SECONDS).join();
    }
}
