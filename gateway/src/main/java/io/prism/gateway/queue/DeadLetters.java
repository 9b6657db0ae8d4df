package io.prism.gateway.queue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.prism.gateway.backend.Appended;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogRecord;
import io.prism.gateway.namespace.ServedNamespace;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.header.Headers;

/**
 * Writes copies of records: into the dead letters, and back from them. A claim is carried over,
 * never copied. Thread-safe.
 */
final class DeadLetters {
    private final LogBackend backend;
    private final Clock clock;

    DeadLetters(LogBackend backend, Clock clock) {
        this.backend = backend;
        this.clock = clock;
    }

    /**
     * Appends the message to {@code <topic>.dlq}; completes when it is durable there. The claim, if
     * any, is held for the dead letters first. May block on first use of the topic.
     */
    CompletableFuture<Appended> bury(
            ServedNamespace namespace,
            QueueId queue,
            LogEntry entry,
            Optional<UUID> claim,
            int deliveries,
            String reason) {
        String dead = namespace.deadLetterTopic(queue.topic());
        Headers headers = QueueHeaders.copy(entry.headers());
        QueueHeaders.set(headers, QueueHeaders.REASON, reason);
        QueueHeaders.set(headers, QueueHeaders.AT, clock.instant().toString());
        QueueHeaders.set(
                headers,
                QueueHeaders.FROM,
                entry.topic() + "/" + entry.partition() + "/" + entry.offset());
        QueueHeaders.set(headers, QueueHeaders.GROUP, queue.group());
        QueueHeaders.set(headers, QueueHeaders.DEAD_DELIVERIES, Integer.toString(deliveries));
        CompletableFuture<Void> held =
                claim.map(id -> namespace.journal().held(id, dead))
                        .orElseGet(() -> CompletableFuture.completedFuture(null));
        return held.thenCompose(done -> append(dead, entry, headers));
    }

    /** Appends a copy with these headers to the topic. */
    CompletableFuture<Appended> append(String logTopic, LogEntry entry, Headers headers) {
        byte[] value = entry.value();
        return backend.append(
                new LogRecord(
                        logTopic,
                        null,
                        entry.key(),
                        value == null ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(value),
                        headers));
    }
}
