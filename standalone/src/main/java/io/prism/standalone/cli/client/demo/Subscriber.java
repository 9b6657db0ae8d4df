package io.prism.standalone.cli.client.demo;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.standalone.cli.client.subscribe.AckCalls;
import io.prism.standalone.cli.client.subscribe.EventStream;
import io.prism.v1.AckMode;
import io.prism.v1.Event;
import io.prism.v1.ListSubscriptionsRequest;
import io.prism.v1.PubSubServiceGrpc.PubSubServiceBlockingV2Stub;
import io.prism.v1.SubscribeRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A subscription's stream as an application has it. Used by one thread. */
final class Subscriber implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration GLANCE = Duration.ofMillis(20);

    private final PubSubServiceBlockingV2Stub stub;
    private final SubscribeRequest request;
    private final EventStream stream;
    private final Deque<EventStream.Next> early = new ArrayDeque<>();

    Subscriber(PubSubServiceBlockingV2Stub stub, SubscribeRequest request) {
        this.stub = stub;
        this.request = request;
        this.stream = EventStream.open(stub, request);
    }

    /** A durable subscription that acknowledges for itself; returns when the server knows it. */
    static Subscriber durable(PubSubServiceBlockingV2Stub stub, String topic, String name)
            throws StatusException, InterruptedException {
        Subscriber subscriber =
                new Subscriber(
                        stub,
                        SubscribeRequest.newBuilder()
                                .setTopic(topic)
                                .setSubscription(name)
                                .setAckMode(AckMode.ACK_MODE_EXPLICIT)
                                .build());
        if (!Eventually.see(subscriber::isMade, made -> made, PATIENCE)) {
            subscriber.close();
            throw new CommandFailure(
                    ExitCode.NO,
                    "Subscription "
                            + name
                            + " was not made within "
                            + PATIENCE.toSeconds()
                            + " s.");
        }
        return subscriber;
    }

    /** Reads meanwhile: a call may not leave before somebody does, on a connection that is new. */
    private boolean isMade() throws StatusException, InterruptedException {
        EventStream.Next next = stream.next(GLANCE);
        if (!(next instanceof EventStream.Next.Nothing)) {
            early.add(next);
        }
        return stub
                .withDeadlineAfter(ServerOptions.callTimeout())
                .listSubscriptions(ListSubscriptionsRequest.getDefaultInstance())
                .getSubscriptionsList()
                .stream()
                .anyMatch(one -> one.getName().equals(request.getSubscription()));
    }

    /**
     * The next event; a command failure if none comes in time.
     *
     * @param what it is expected to be, for that failure
     */
    Event next(String what) throws StatusException, InterruptedException {
        EventStream.Next next = early.isEmpty() ? stream.next(PATIENCE) : early.remove();
        return switch (next) {
            case EventStream.Next.Arrived arrived -> arrived.delivery().event();
            case EventStream.Next.Nothing _ ->
                    throw new CommandFailure(
                            ExitCode.NO,
                            what + " did not arrive within " + PATIENCE.toSeconds() + " s.");
            case EventStream.Next.Ended _ ->
                    throw new CommandFailure(ExitCode.NO, "The stream ended before " + what + ".");
        };
    }

    /** Whether nothing comes for that time; blocks. */
    boolean quietFor(Duration time) throws StatusException, InterruptedException {
        return early.isEmpty() && stream.next(time) instanceof EventStream.Next.Nothing;
    }

    /** Whether the server took it as acknowledged. */
    boolean acknowledge(Event event) throws StatusException {
        return AckCalls.ofSubscription(stub, request.getTopic(), request.getSubscription())
                        .acknowledge(List.of(event.getMessageId()))
                        .acknowledged()
                == 1;
    }

    @Override
    public void close() {
        stream.close();
    }
}
