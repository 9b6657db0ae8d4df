package io.prism.gateway.namespace;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.UnsafeByteOperations;
import io.prism.core.error.PrismException;
import io.prism.core.record.RecordFormat;
import io.prism.core.record.RecordHead;
import io.prism.core.trace.Trace;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.pattern.Incoming;
import io.prism.gateway.pattern.Payload;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes messages of what is in the log. */
public final class RecordReader {
    private RecordReader() {}

    /**
     * A record as it goes into the chain.
     *
     * @param unreadable why its headers cannot be read, or null
     */
    public record Read(Incoming message, @Nullable PrismException unreadable) {}

    /**
     * @param topic the record's topic inside the namespace
     * @param maxInline larger claimed payloads stay where they are
     */
    public static Read read(
            ServedNamespace namespace, String topic, LogEntry entry, long maxInline) {
        RecordHead head;
        PrismException unreadable = null;
        try {
            head = RecordFormat.read(entry.headers(), namespace.metadataField());
        } catch (PrismException e) {
            unreadable = e;
            head =
                    new RecordHead(
                            Optional.empty(), Optional.empty(), "", Optional.empty(), Map.of());
        }
        byte[] key = entry.key();
        byte[] value = entry.value();
        return new Read(
                new Incoming(
                        topic,
                        entry.partition(),
                        entry.offset(),
                        Instant.ofEpochMilli(entry.timestamp()),
                        key == null ? null : new String(key, UTF_8),
                        head,
                        value == null
                                ? Payload.EMPTY
                                : new Payload.Inline(UnsafeByteOperations.unsafeWrap(value)),
                        maxInline,
                        Trace.NONE),
                unreadable);
    }
}
