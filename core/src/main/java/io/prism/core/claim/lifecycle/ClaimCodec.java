package io.prism.core.claim.lifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.prism.core.claim.lifecycle.ClaimEvent.Acknowledged;
import io.prism.core.claim.lifecycle.ClaimEvent.Deleted;
import io.prism.core.claim.lifecycle.ClaimEvent.Held;
import io.prism.core.claim.lifecycle.ClaimEvent.Published;
import io.prism.core.claim.lifecycle.ClaimEvent.Unheld;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Events and releases as JSON in UTF-8, one line each. The fields of version 1 stay as they are;
 * fields that are added later are ignored here.
 */
public final class ClaimCodec {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final int VERSION = 1;

    private ClaimCodec() {}

    /** The key of everything about the claim. */
    public static byte[] key(ClaimKey claim) {
        return claim.toString().getBytes(UTF_8);
    }

    public static byte[] write(ClaimEvent event) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("version", VERSION);
        switch (event) {
            case Published published -> {
                head(fields, "published", published.claim());
                fields.put("object_key", published.objectKey());
                fields.put("topic", published.topic());
                fields.put("at", published.at().toString());
            }
            case Acknowledged acknowledged -> {
                head(fields, "acknowledged", acknowledged.claim());
                fields.put("subscription", acknowledged.subscription());
                acknowledged.keepUntil().ifPresent(t -> fields.put("keep_until", t.toString()));
            }
            case Held held -> {
                head(fields, "held", held.claim());
                fields.put("by", held.by());
            }
            case Unheld unheld -> {
                head(fields, "unheld", unheld.claim());
                fields.put("by", unheld.by());
            }
            case Deleted deleted -> head(fields, "deleted", deleted.claim());
        }
        return json(fields);
    }

    /**
     * The inverse of {@link #write(ClaimEvent)}.
     *
     * @throws PrismException RECORD_UNREADABLE for what no version known here has written
     */
    public static ClaimEvent readEvent(byte[] value) {
        JsonNode node = node(value);
        try {
            ClaimKey claim = ClaimKey.parse(text(node, "claim"));
            String type = text(node, "type");
            return switch (type) {
                case "published" ->
                        new Published(
                                claim,
                                text(node, "object_key"),
                                text(node, "topic"),
                                Instant.parse(text(node, "at")));
                case "acknowledged" ->
                        new Acknowledged(
                                claim,
                                text(node, "subscription"),
                                Optional.ofNullable(node.get("keep_until"))
                                        .map(JsonNode::asText)
                                        .map(Instant::parse));
                case "held" -> new Held(claim, text(node, "by"));
                case "unheld" -> new Unheld(claim, text(node, "by"));
                case "deleted" -> new Deleted(claim);
                default -> throw new IllegalArgumentException("type " + type + " is not known");
            };
        } catch (IllegalArgumentException | DateTimeException e) {
            throw unreadable(e);
        }
    }

    public static byte[] write(ClaimRelease release) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("version", VERSION);
        fields.put("claim", release.claim().toString());
        fields.put("object_key", release.objectKey());
        fields.put("reason", release.reason().name().toLowerCase(Locale.ROOT));
        if (!release.acknowledgedBy().isEmpty()) {
            fields.put("acknowledged_by", release.acknowledgedBy());
        }
        fields.put("at", release.at().toString());
        return json(fields);
    }

    /**
     * The inverse of {@link #write(ClaimRelease)}.
     *
     * @throws PrismException RECORD_UNREADABLE for what no version known here has written
     */
    public static ClaimRelease readRelease(byte[] value) {
        JsonNode node = node(value);
        try {
            return new ClaimRelease(
                    ClaimKey.parse(text(node, "claim")),
                    text(node, "object_key"),
                    ClaimRelease.Reason.valueOf(text(node, "reason").toUpperCase(Locale.ROOT)),
                    texts(node, "acknowledged_by"),
                    Instant.parse(text(node, "at")));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw unreadable(e);
        }
    }

    private static void head(Map<String, Object> fields, String type, ClaimKey claim) {
        fields.put("type", type);
        fields.put("claim", claim.toString());
    }

    private static byte[] json(Map<String, Object> fields) {
        try {
            return JSON.writeValueAsBytes(fields);
        } catch (JsonProcessingException e) {
            throw new PrismException(
                    ErrorCode.INTERNAL, "a claim's event could not be written as JSON", e);
        }
    }

    private static JsonNode node(byte[] value) {
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (value == null || !value.isTextual()) {
            throw new IllegalArgumentException("field " + field + " is missing");
        }
        return value.asText();
    }

    /** None where the field is missing. */
    private static SortedSet<String> texts(JsonNode node, String field) {
        SortedSet<String> texts = new TreeSet<>();
        node.path(field).forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static PrismException unreadable(Exception cause) {
        return new PrismException(
                ErrorCode.RECORD_UNREADABLE,
                "a record about a claim is not of a version known here ("
                        + cause.getMessage()
                        + "); update this process",
                cause);
    }
}
