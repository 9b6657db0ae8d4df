package io.prism.gateway.subscription;

import io.prism.v1.Event;

/**
 * Where a stream's events go. {@link #send} and {@link #end} are called by one thread at a time.
 */
public interface EventSink {
    /**
     * The stream's position is fixed: what is published from now on will be delivered. Called once,
     * before any event.
     */
    void positioned();

    /**
     * Whether the subscriber takes more; otherwise {@link SubscriptionStream#wake} is called once
     * it does.
     */
    boolean ready();

    void send(Event event);

    /** The stream is over; nothing is sent after it. */
    void end(RuntimeException reason);
}
