package io.prism.gateway.outbox.table;

import com.google.protobuf.ByteString;
import io.prism.core.claim.Claim;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row to be inserted.
 *
 * @param id the same however often the row is given, so that it is there once
 * @param idGiven whether the publisher chose it, directly or by its own message's id: then there
 *     may be a row with it already
 * @param topic inside the namespace
 * @param payload empty when claimed
 * @param headers a JSON object of strings
 * @param messageId null where it is the row's own id
 */
public record NewRow(
        UUID id,
        boolean idGiven,
        String namespace,
        String topic,
        @Nullable String key,
        ByteString payload,
        String headers,
        @Nullable String messageId,
        @Nullable String traceparent,
        @Nullable Claim claim,
        @Nullable String eventType) {
    private static final long FIXED = 200;

    /** Of a message that says nothing of its type. */
    public NewRow(
            UUID id,
            boolean idGiven,
            String namespace,
            String topic,
            @Nullable String key,
            ByteString payload,
            String headers,
            @Nullable String messageId,
            @Nullable String traceparent,
            @Nullable Claim claim) {
        this(
                id,
                idGiven,
                namespace,
                topic,
                key,
                payload,
                headers,
                messageId,
                traceparent,
                claim,
                null);
    }

    /** The same row with another type of event. */
    public NewRow withEventType(@Nullable String type) {
        return new NewRow(
                id,
                idGiven,
                namespace,
                topic,
                key,
                payload,
                headers,
                messageId,
                traceparent,
                claim,
                type);
    }

    /** About what it takes in memory and on the wire. */
    long bytes() {
        return FIXED
                + payload.size()
                + headers.length()
                + topic.length()
                + (key == null ? 0 : key.length());
    }
}
