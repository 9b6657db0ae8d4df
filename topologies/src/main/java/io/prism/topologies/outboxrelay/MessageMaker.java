package io.prism.topologies.outboxrelay;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimBounds;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.record.RecordFormat;
import io.prism.core.spec.PatternSpec.Compression;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * From a row to its message. What a client may not say to the gateway, a row may not say either;
 * such a row is a PrismException whose code is never a retryable one.
 */
final class MessageMaker {
    static final String EVENT_TYPE = "event_type";
    private static final int MAX_NAME = 256;

    /** Less than the room topics have beside the payload, for what Kafka itself adds. */
    private static final int MAX_HEAD_BYTES = 250 << 10;

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private MessageMaker() {}

    /**
     * @param claim what {@link #claim} says of the row
     * @param now in milliseconds; the time of a row that claims to be of the future
     * @throws PrismException why there can be no message
     */
    static Record<byte[], Emitted> message(
            OutboxRow row, @Nullable Claim claim, OutboxRoute route, long now) {
        String topic = row.topic();
        if (topic == null) {
            throw new PrismException(ErrorCode.TOPIC_INVALID, "the row has no topic");
        }
        String kafkaTopic = route.topics.kafkaTopic(topic);
        if (row.payload().length > route.maxInline) {
            throw new PrismException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "namespace "
                            + route.name
                            + " takes payloads up to "
                            + route.maxInline
                            + " bytes, the row has "
                            + row.payload().length);
        }
        Headers headers =
                RecordFormat.write(
                        Objects.requireNonNullElseGet(row.messageId(), row.id()::toString),
                        route.nameBytes,
                        route.patterns,
                        claim,
                        route.metadataField,
                        metadata(row, route));
        String key = row.key();
        byte[] keyBytes = key == null ? null : key.getBytes(UTF_8);
        checkHead(headers, keyBytes);
        return new Record<>(
                keyBytes, new Emitted(kafkaTopic, row.payload()), time(row, now), headers);
    }

    /** Kafka refuses records of the future. */
    private static long time(OutboxRow row, long now) {
        return row.createdAt() == null ? now : Math.clamp(row.createdAt().toEpochMilli(), 0, now);
    }

    private static void checkHead(Headers headers, byte @Nullable [] key) {
        long bytes = key == null ? 0 : key.length;
        for (Header header : headers) {
            bytes += header.key().length() + (long) header.value().length;
        }
        if (bytes > MAX_HEAD_BYTES) {
            throw new PrismException(
                    ErrorCode.METADATA_TOO_LARGE,
                    "key and headers have "
                            + bytes
                            + " bytes; at most "
                            + MAX_HEAD_BYTES
                            + " are allowed: put the rest into the payload");
        }
    }

    private static Map<String, String> metadata(OutboxRow row, OutboxRoute route) {
        Map<String, String> metadata = new LinkedHashMap<>();
        given(row.headers())
                .properties()
                .forEach(
                        header -> {
                            String name = header.getKey();
                            checkName(name, route.metadataField);
                            JsonNode value = header.getValue();
                            metadata.put(
                                    name, value.isTextual() ? value.asText() : value.toString());
                        });
        if (row.traceparent() != null) {
            metadata.put(RecordFormat.TRACEPARENT, row.traceparent());
        }
        if (row.eventType() != null) {
            metadata.put(EVENT_TYPE, row.eventType());
        }
        return metadata;
    }

    private static void checkName(String name, @Nullable String metadataField) {
        if (name.isBlank() || name.length() > MAX_NAME) {
            throw new PrismException(
                    ErrorCode.FIELD_INVALID,
                    "a header's name must have 1 to " + MAX_NAME + " characters");
        }
        if (RecordFormat.isReserved(name, metadataField)) {
            throw new PrismException(
                    ErrorCode.METADATA_RESERVED,
                    "header " + name + " is reserved for Prism: choose another name");
        }
    }

    private static JsonNode given(@Nullable String headers) {
        if (headers == null || headers.isBlank()) {
            return JSON.createObjectNode();
        }
        try {
            JsonNode node = JSON.readTree(headers);
            if (node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException notJson) {
            throw new PrismException(
                    ErrorCode.MESSAGE_MALFORMED, "the row's headers are not JSON", notJson);
        }
        throw new PrismException(
                ErrorCode.MESSAGE_MALFORMED,
                "the row's headers are not a JSON object; write {\"name\": \"value\"}");
    }

    /**
     * The claim that a row has in place of a payload; null if it has none.
     *
     * @throws PrismException why it cannot be one of the namespace's
     */
    static @Nullable Claim claim(OutboxRow row, OutboxRoute route) {
        if (Stream.of(
                        row.claimId(),
                        row.claimKey(),
                        row.claimSize(),
                        row.claimSha256(),
                        row.claimEncoding())
                .allMatch(Objects::isNull)) {
            return null;
        }
        Claim claim;
        try {
            claim =
                    new Claim(
                            UUID.fromString(given(RecordFormat.CLAIM_ID, row.claimId())),
                            given(RecordFormat.CLAIM_KEY, row.claimKey()),
                            Long.parseLong(given(RecordFormat.CLAIM_SIZE, row.claimSize())),
                            given(RecordFormat.CLAIM_SHA256, row.claimSha256()),
                            Compression.valueOf(
                                    given(RecordFormat.CLAIM_ENCODING, row.claimEncoding())
                                            .toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            throw new PrismException(
                    ErrorCode.PAYLOAD_REF_INVALID,
                    "the row's claim columns are incomplete or malformed (" + e.getMessage() + ")",
                    e);
        }
        if (row.payload().length > 0) {
            throw new PrismException(
                    ErrorCode.MESSAGE_MALFORMED, "the row has both a payload and a claim");
        }
        ClaimBounds.check(
                route.claimCheck
                        .orElseThrow(
                                () ->
                                        new PrismException(
                                                ErrorCode.PAYLOAD_REF_INVALID,
                                                "the row has a claim, and namespace "
                                                        + route.name
                                                        + " no claim check"))
                        .storage(),
                claim);
        return claim;
    }

    private static String given(String column, @Nullable String value) {
        if (value == null) {
            throw new IllegalArgumentException(column + " is null");
        }
        return value;
    }
}
