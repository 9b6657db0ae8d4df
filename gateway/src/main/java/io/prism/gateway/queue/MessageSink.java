package io.prism.gateway.queue;

import io.prism.v1.Message;

/** Where a stream's messages go. {@link #send} is called by one thread at a time. */
public interface MessageSink {
    /** The stream is open. Called once, before any message. */
    void opened();

    /**
     * Whether the consumer takes more; otherwise {@link QueueStream#wake} is called once it does.
     */
    boolean ready();

    void send(Message message);

    /** The stream is over; nothing is sent after it. */
    void end(RuntimeException reason);
}
