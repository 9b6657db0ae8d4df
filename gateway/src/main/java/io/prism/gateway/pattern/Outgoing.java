package io.prism.gateway.pattern;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way through the chain. Patterns pass on a copy with another payload; nothing
 * else changes. Used by one thread at a time.
 */
public final class Outgoing {
    private final String topic;
    private final String logTopic;
    private final @Nullable Integer partition;
    private final @Nullable String key;
    private final String messageId;
    private final Map<String, String> metadata;
    private final Payload payload;
    private final PublishLane.Slot slot;
    private long stageStarted;

    /**
     * @param topic the topic's name inside the namespace
     * @param logTopic its name in the backend's log
     * @param partition where the message must go, or null to let the key (or the backend) decide
     * @param slot the message's place in the order of its stream
     */
    public Outgoing(
            String topic,
            String logTopic,
            @Nullable Integer partition,
            @Nullable String key,
            String messageId,
            Map<String, String> metadata,
            Payload payload,
            PublishLane.Slot slot) {
        this.topic = topic;
        this.logTopic = logTopic;
        this.partition = partition;
        this.key = key;
        this.messageId = messageId;
        this.metadata = metadata;
        this.payload = payload;
        this.slot = slot;
    }

    /** The same message with another payload. */
    public Outgoing withPayload(Payload other) {
        Outgoing copy =
                new Outgoing(topic, logTopic, partition, key, messageId, metadata, other, slot);
        copy.stageStarted = stageStarted;
        return copy;
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

    public Map<String, String> metadata() {
        return metadata;
    }

    public Payload payload() {
        return payload;
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
