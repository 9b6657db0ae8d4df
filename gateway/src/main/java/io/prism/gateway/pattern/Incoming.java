package io.prism.gateway.pattern;

import io.prism.core.record.RecordHead;
import io.prism.core.trace.Trace;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way from the log to a subscriber.
 *
 * @param topic the topic's name inside the namespace
 * @param maxInline larger payloads stay where they are ({@link Payload.Claimed})
 * @param trace what the message's spans are made below
 */
public record Incoming(
        String topic,
        int partition,
        long offset,
        Instant publishedAt,
        @Nullable String key,
        RecordHead head,
        Payload payload,
        long maxInline,
        Trace trace) {
    public Incoming withPayload(Payload other) {
        return new Incoming(
                topic, partition, offset, publishedAt, key, head, other, maxInline, trace);
    }

    Incoming withTrace(Trace other) {
        return new Incoming(
                topic, partition, offset, publishedAt, key, head, payload, maxInline, other);
    }

    /** The publisher's id; a record that other producers wrote is named by its place. */
    public String messageId() {
        return head.id().orElseGet(() -> topic + "/" + partition + "/" + offset);
    }
}
