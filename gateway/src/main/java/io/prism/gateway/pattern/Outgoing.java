package io.prism.gateway.pattern;

import io.prism.core.trace.Trace;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way through the chain. Patterns pass on a copy with another payload, or with
 * another end of the chain; nothing else changes but the span it is in. Used by one thread at a
 * time.
 */
public final class Outgoing {
    private final String topic;
    private final String logTopic;
    private final @Nullable Integer partition;
    private final @Nullable String key;
    private final String messageId;
    private final boolean idGiven;
    private final Map<String, String> metadata;
    private final Payload payload;
    private final PublishLane.Slot slot;
    private final @Nullable PublishStage end;
    private final Trace trace;
    private long stageStarted;

    /**
     * @param topic the topic's name inside the namespace
     * @param logTopic its name in the backend's log
     * @param partition where the message must go, or null to let the key (or the backend) decide
     * @param idGiven whether its publisher chose the id: another message of the topic with it is
     *     the same one
     * @param slot the message's place in the order of its stream
     */
    public Outgoing(
            String topic,
            String logTopic,
            @Nullable Integer partition,
            @Nullable String key,
            String messageId,
            boolean idGiven,
            Map<String, String> metadata,
            Payload payload,
            PublishLane.Slot slot) {
        this(
                topic,
                logTopic,
                partition,
                key,
                messageId,
                idGiven,
                metadata,
                payload,
                slot,
                null,
                Trace.NONE);
    }

    private Outgoing(
            String topic,
            String logTopic,
            @Nullable Integer partition,
            @Nullable String key,
            String messageId,
            boolean idGiven,
            Map<String, String> metadata,
            Payload payload,
            PublishLane.Slot slot,
            @Nullable PublishStage end,
            Trace trace) {
        this.topic = topic;
        this.logTopic = logTopic;
        this.partition = partition;
        this.key = key;
        this.messageId = messageId;
        this.metadata = metadata;
        this.payload = payload;
        this.slot = slot;
        this.idGiven = idGiven;
        this.end = end;
        this.trace = trace;
    }

    /** The same message with another payload. */
    public Outgoing withPayload(Payload other) {
        return copy(other, end, trace);
    }

    /**
     * The same message with another end of the chain: it is passed there in place of the log, in
     * the order of its slot.
     */
    public Outgoing withEnd(PublishStage other) {
        return copy(payload, other, trace);
    }

    /** The same message in another span. */
    public Outgoing withTrace(Trace other) {
        return copy(payload, end, other);
    }

    private Outgoing copy(Payload otherPayload, @Nullable PublishStage otherEnd, Trace otherTrace) {
        Outgoing copy =
                new Outgoing(
                        topic,
                        logTopic,
                        partition,
                        key,
                        messageId,
                        idGiven,
                        metadata,
                        otherPayload,
                        slot,
                        otherEnd,
                        otherTrace);
        copy.stageStarted = stageStarted;
        return copy;
    }

    /** What a pattern put in place of the log. */
    public Optional<PublishStage> end() {
        return Optional.ofNullable(end);
    }

    public String topic() {
        return topic;
    }

    public String logTopic() {
        return logTopic;
    }

    public @Nullable Integer partition() {
        return partition;
    }

    public @Nullable String key() {
        return key;
    }

    public String messageId() {
        return messageId;
    }

    public boolean idGiven() {
        return idGiven;
    }

    public Map<String, String> metadata() {
        return metadata;
    }

    public Payload payload() {
        return payload;
    }

    /** What the message's spans are made below. */
    public Trace trace() {
        return trace;
    }

    PublishLane.Slot slot() {
        return slot;
    }

    /** Marks the start of a stage; returns how long the one before took, in nanoseconds. */
    long enterStage(long now) {
        long took = now - stageStarted;
        stageStarted = now;
        return took;
    }
}
