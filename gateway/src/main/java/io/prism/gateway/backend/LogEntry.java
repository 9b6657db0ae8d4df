package io.prism.gateway.backend;

import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** A record read from the log. The arrays belong to the reader's caller. */
public record LogEntry(
        String topic,
        int partition,
        long offset,
        long timestamp,
        byte @Nullable [] key,
        byte @Nullable [] value,
        Headers headers) {
    public LogPartition place() {
        return new LogPartition(topic, partition);
    }
}
