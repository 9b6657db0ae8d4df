package io.prism.standalone.e2e;

import io.grpc.StatusRuntimeException;
import io.prism.v1.AckMode;
import io.prism.v1.AcknowledgeRequest;
import io.prism.v1.Event;
import io.prism.v1.SubscribeRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The consumer of a durable subscription, which subscribes again whenever its stream ends, looks at
 * each event's payload, and acknowledges it.
 */
final class SteadySubscriber extends SteadyClient {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final int WINDOW = 16;
    private static final long HELD_MILLIS = 20;

    private final String namespace;
    private final String topic;
    private final String name;
    private final LongSupplier thinking;
    private final Set<String> delivered = ConcurrentHashMap.newKeySet();
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong unavailable = new AtomicLong();
    private final ReentrantLock handling = new ReentrantLock();
    private boolean held;

    /**
     * @param thinking milliseconds between taking events and acknowledging them
     */
    SteadySubscriber(
            TestClient client, String namespace, String topic, String name, LongSupplier thinking) {
        super(client);
        this.namespace = namespace;
        this.topic = topic;
        this.name = name;
        this.thinking = thinking;
    }

    @Override
    public void run() {
        while (!isStopped()) {
            try (Subscriber stream = subscribe()) {
                boolean whole = true;
                while (!isStopped() && whole && !stream.isOver()) {
                    whole = handle(stream);
                }
                if (stream.isOver()) {
                    awaitAgain(stream.ended());
                }
            }
        }
    }

    private Subscriber subscribe() {
        return new Subscriber(
                client,
                namespace,
                SubscribeRequest.newBuilder()
                        .setTopic(topic)
                        .setSubscription(name)
                        .setMaxInflight(WINDOW)
                        .setAckMode(AckMode.ACK_MODE_EXPLICIT)
                        .build(),
                Integer.MAX_VALUE);
    }

    /** False when storage was away: another stream is given those events again. */
    private boolean handle(Subscriber stream) {
        handling.lock();
        try {
            if (!held) {
                List<Event> taken = stream.drain(POLL);
                List<String> whole =
                        taken.stream().filter(this::isWhole).map(Event::getMessageId).toList();
                if (!whole.isEmpty()) {
                    pause(thinking.getAsLong());
                    acknowledge(whole);
                }
                return whole.size() == taken.size();
            }
        } finally {
            handling.unlock();
        }
        pause(HELD_MILLIS);
        return true;
    }

    private boolean isWhole(Event event) {
        String id = event.getMessageId();
        events.incrementAndGet();
        if (event.hasError() && isUnavailable(event.getError())) {
            unavailable.incrementAndGet();
            return false;
        }
        if (event.hasError()) {
            throw new AssertionError(
                    name
                            + (delivered.contains(id) ? ", which has had it," : "")
                            + " was given no payload of "
                            + event);
        }
        if (!event.getPayload().equals(SeededPayloads.of(id))) {
            throw new AssertionError(name + " was given another payload of " + id);
        }
        delivered.add(id);
        return true;
    }

    private void acknowledge(List<String> ids) {
        asked.addAll(ids);
        try {
            acknowledged.addAndGet(
                    client.pubsub(namespace)
                            .acknowledge(
                                    AcknowledgeRequest.newBuilder()
                                            .setTopic(topic)
                                            .setSubscription(name)
                                            .addAllMessageIds(ids)
                                            .build())
                            .getAcknowledged());
        } catch (StatusRuntimeException e) {
            awaitAgain(e); // they are delivered again, or were acknowledged
        }
    }

    /** When this returns, nothing is acknowledged any more until {@link #goOn}. */
    void hold() {
        handling.lock();
        try {
            held = true;
        } finally {
            handling.unlock();
        }
    }

    void goOn() {
        handling.lock();
        try {
            held = false;
        } finally {
            handling.unlock();
        }
    }

    /** The ids of the messages that came, whole. */
    Set<String> delivered() {
        return delivered;
    }

    /** Whether an acknowledgement was asked for, successfully or not. */
    boolean hasAsked(String id) {
        return asked.contains(id);
    }

    /** How many events came, repeated ones included. */
    long events() {
        return events.get();
    }

    /** How many events said that storage was away. */
    long unavailable() {
        return unavailable.get();
    }

    /** How many acknowledgements were answered with success. */
    long acknowledged() {
        return acknowledged.get();
    }
}
