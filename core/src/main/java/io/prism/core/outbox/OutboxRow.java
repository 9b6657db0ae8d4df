package io.prism.core.outbox;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A committed row, as its internal topic's record carries it: the payload is the record's value,
 * everything else a header in UTF-8, absent where the column is null. Strings are as the database
 * has them: whether they make sense is the relay's to say.
 *
 * @param id the row's, which makes a second copy known
 * @param table as {@code schema.table}; empty for a message that never was a row
 * @param namespace null for the one namespace that the table belongs to
 * @param topic inside the namespace
 * @param headers a JSON object of strings
 * @param claimId text of a UUID, and the other claim columns likewise; all or none
 * @param createdAt when it was inserted, as far as the row says
 */
public record OutboxRow(
        UUID id,
        String table,
        @Nullable String namespace,
        @Nullable String topic,
        @Nullable String key,
        @Nullable String eventType,
        byte[] payload,
        @Nullable String headers,
        @Nullable String messageId,
        @Nullable String traceparent,
        @Nullable String claimId,
        @Nullable String claimSize,
        @Nullable String claimSha256,
        @Nullable String claimEncoding,
        @Nullable String claimKey,
        @Nullable Instant createdAt) {
    private static final String PREFIX = "prism-row-";
    public static final String ID = PREFIX + "id";
    public static final String TABLE = PREFIX + "table";
    public static final String NAMESPACE = PREFIX + "namespace";
    public static final String TOPIC = PREFIX + "topic";
    public static final String KEY = PREFIX + "key";
    public static final String EVENT_TYPE = PREFIX + "event-type";
    public static final String HEADERS = PREFIX + "headers";
    public static final String MESSAGE_ID = PREFIX + "message-id";
    public static final String TRACEPARENT = PREFIX + "traceparent";
    public static final String CLAIM_ID = PREFIX + "claim-id";
    public static final String CLAIM_SIZE = PREFIX + "claim-size";
    public static final String CLAIM_SHA256 = PREFIX + "claim-sha256";
    public static final String CLAIM_ENCODING = PREFIX + "claim-encoding";
    public static final String CLAIM_KEY = PREFIX + "claim-key";
    public static final String CREATED_AT = PREFIX + "created-at";

    /** In {@link OutboxTopics#DEAD} only: why, {@code CODE: words}. */
    public static final String ERROR = PREFIX + "error";

    /** The record's headers; their inverse is {@link #of}. */
    public Map<String, String> toHeaders() {
        Map<String, String> made = new LinkedHashMap<>();
        put(made, ID, id.toString());
        put(made, TABLE, table);
        put(made, NAMESPACE, namespace);
        put(made, TOPIC, topic);
        put(made, KEY, key);
        put(made, EVENT_TYPE, eventType);
        put(made, HEADERS, headers);
        put(made, MESSAGE_ID, messageId);
        put(made, TRACEPARENT, traceparent);
        put(made, CLAIM_ID, claimId);
        put(made, CLAIM_SIZE, claimSize);
        put(made, CLAIM_SHA256, claimSha256);
        put(made, CLAIM_ENCODING, claimEncoding);
        put(made, CLAIM_KEY, claimKey);
        put(made, CREATED_AT, createdAt == null ? null : createdAt.toString());
        return made;
    }

    private static void put(Map<String, String> headers, String name, @Nullable String value) {
        if (value != null) {
            headers.put(name, value);
        }
    }

    /**
     * Reads a record.
     *
     * @throws IllegalArgumentException if it has no id, or a time that is none
     */
    public static OutboxRow of(Map<String, String> headers, byte @Nullable [] payload) {
        String id = headers.get(ID);
        if (id == null) {
            throw new IllegalArgumentException("header " + ID + " is missing");
        }
        String created = headers.get(CREATED_AT);
        return new OutboxRow(
                UUID.fromString(id),
                headers.getOrDefault(TABLE, ""),
                headers.get(NAMESPACE),
                headers.get(TOPIC),
                headers.get(KEY),
                headers.get(EVENT_TYPE),
                payload == null ? new byte[0] : payload,
                headers.get(HEADERS),
                headers.get(MESSAGE_ID),
                headers.get(TRACEPARENT),
                headers.get(CLAIM_ID),
                headers.get(CLAIM_SIZE),
                headers.get(CLAIM_SHA256),
                headers.get(CLAIM_ENCODING),
                headers.get(CLAIM_KEY),
                created == null ? null : time(created));
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (java.time.format.DateTimeParseException e) {
            throw new IllegalArgumentException(CREATED_AT + " is no time: " + text, e);
        }
    }
}
