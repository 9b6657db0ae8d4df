package io.prism.core.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.v1.AckMode;

import java.time.Instant;
import java.util.TreeMap;

/** A durable subscription as the shared table keeps it. */
public record StoredSubscription(String topic, AckMode ackMode, Instant createdAt) {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    public String toJson() {
        TreeMap<String, String> fields = new TreeMap<>();
        fields.put("version", "1");
        fields.put("topic", topic);
        fields.put("ack_mode", ackMode == AckMode.ACK_MODE_EXPLICIT ? "explicit" : "auto");
        fields.put("created_at", createdAt.toString());
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new PrismException(
                    ErrorCode.INTERNAL, "a subscription could not be written as JSON", e);
        }
    }

    public static StoredSubscription fromJson(String json) {
        try {
            JsonNode node = JSON.readTree(json);
            return new StoredSubscription(
                    node.path("topic").asText(),
                    node.path("ack_mode").asText().equals("explicit")
                            ? AckMode.ACK_MODE_EXPLICIT
                            : AckMode.ACK_MODE_AUTO,
                    Instant.parse(node.path("created_at").asText()));
        } catch (JsonProcessingException | java.time.DateTimeException e) {
            throw new PrismException(
                    ErrorCode.INTERNAL, "a subscription in the shared table cannot be read", e);
        }
    }
}
