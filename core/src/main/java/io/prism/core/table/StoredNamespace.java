package io.prism.core.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;

import java.time.Instant;
import java.util.TreeMap;

/**
 * A namespace as the shared table keeps it.
 *
 * @param source the namespace's own YAML
 */
public record StoredNamespace(String source, Instant createdAt) {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    public String toJson() {
        TreeMap<String, String> fields = new TreeMap<>();
        fields.put("version", "1");
        fields.put("source", source);
        fields.put("created_at", createdAt.toString());
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new PrismException(
                    ErrorCode.INTERNAL, "a namespace could not be written as JSON", e);
        }
    }

    public static StoredNamespace fromJson(String json) {
        try {
            var node = JSON.readTree(json);
            return new StoredNamespace(
                    node.path("source").asText(), Instant.parse(node.path("created_at").asText()));
        } catch (JsonProcessingException | java.time.DateTimeException e) {
            throw new PrismException(
                    ErrorCode.INTERNAL, "a namespace in the shared table cannot be read", e);
        }
    }
}
