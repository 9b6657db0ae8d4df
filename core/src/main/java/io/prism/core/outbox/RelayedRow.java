package io.prism.core.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row that is done with, for whoever stamps it. Written in the same Kafka transaction as the
 * message itself.
 *
 * @param table as {@code schema.table}
 * @param error why the row cannot be relayed, {@code CODE: words}; null if it was
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RelayedRow(String database, String table, UUID id, @Nullable String error) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The record's key. */
    public String key() {
        return database + "/" + table;
    }

    public byte[] toJson() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @throws PrismException RECORD_UNREADABLE
     */
    public static RelayedRow fromJson(byte[] json) {
        try {
            return JSON.readValue(json, RelayedRow.class);
        } catch (IOException e) {
            throw new PrismException(
                    ErrorCode.RECORD_UNREADABLE,
                    "a relayed row cannot be read: " + new String(json, UTF_8),
                    e);
        }
    }
}
