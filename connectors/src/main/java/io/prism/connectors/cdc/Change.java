package io.prism.connectors.cdc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * A change as a namespace's topic has it.
 *
 * @param before the row before it; null where the log does not tell, or there was none
 * @param after the row after it; null where there is none
 * @param key the columns of the record's key: the table's primary key
 * @param types of columns, as far as {@link ChangeEvents#TYPES} says them
 * @param table {@code schema.table}
 * @param xid the transaction's id; 0 where it is not known
 * @param lsn the change's position in the log, unsigned; 0 where it is not known
 * @param committedMicros when its transaction committed, by the database's clock; 0 where it is not
 *     known
 * @param moved whether it is one half of an update that changed the primary key: Debezium makes a
 *     delete of the old key and an insert of the new one of it
 */
public record Change(
        Operation operation,
        @Nullable Map<String, @Nullable Object> before,
        @Nullable Map<String, @Nullable Object> after,
        Set<String> key,
        Map<String, String> types,
        String table,
        long xid,
        long lsn,
        long committedMicros,
        boolean moved) {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
    private static final String OLD_KEY = "__debezium.oldkey";
    private static final String NEW_KEY = "__debezium.newkey";
    private static final TypeReference<LinkedHashMap<String, @Nullable Object>> ROW =
            new TypeReference<>() {};

    /** What was done to a row, or to all of a table's. */
    public enum Operation {
        INSERT,
        UPDATE,
        DELETE,
        TRUNCATE,
        /** The row was there when a snapshot was taken. */
        SNAPSHOT;

        static Operation of(String word) {
            return switch (word) {
                case "c" -> INSERT;
                case "u" -> UPDATE;
                case "d" -> DELETE;
                case "t" -> TRUNCATE;
                case "r" -> SNAPSHOT;
                default -> throw unreadable("there is no operation " + word, null);
            };
        }
    }

    /**
     * Reads a record whose key and value are bytes of JSON, or text.
     *
     * @throws PrismException RECORD_UNREADABLE
     */
    public static Change of(SinkRecord record) {
        try {
            JsonNode event = JSON.readTree(bytes(record.value()));
            // Also as JsonConverter writes it with schemas.
            JsonNode payload = event.has("payload") ? event.get("payload") : event;
            JsonNode operation = payload.path("op");
            if (!operation.isTextual()) {
                throw unreadable("it has no op", null);
            }
            JsonNode source = payload.path("source");
            return new Change(
                    Operation.of(operation.asText()),
                    row(payload.path("before")),
                    row(payload.path("after")),
                    key(record),
                    types(record),
                    source.path("schema").asText() + "." + source.path("table").asText(),
                    source.path("txId").asLong(),
                    source.path("lsn").asLong(),
                    source.has("ts_us")
                            ? source.path("ts_us").asLong()
                            : source.path("ts_ms").asLong() * 1_000,
                    record.headers().lastWithName(OLD_KEY) != null
                            || record.headers().lastWithName(NEW_KEY) != null);
        } catch (IOException e) {
            throw unreadable("it is no JSON", e);
        }
    }

    private static byte[] bytes(@Nullable Object value) {
        return switch (value) {
            case byte[] bytes -> bytes;
            case String text -> text.getBytes(UTF_8);
            case null -> throw unreadable("it is empty", null);
            default ->
                    throw unreadable(
                            "it is a "
                                    + value.getClass().getSimpleName()
                                    + "; use ByteArrayConverter as key.converter and"
                                    + " value.converter",
                            null);
        };
    }

    private static @Nullable Map<String, @Nullable Object> row(JsonNode row) throws IOException {
        return row.isObject() ? JSON.readerFor(ROW).readValue(row) : null;
    }

    private static Set<String> key(SinkRecord record) throws IOException {
        if (record.key() == null) {
            return Set.of();
        }
        JsonNode key = JSON.readTree(bytes(record.key()));
        Map<String, @Nullable Object> columns = row(key.has("payload") ? key.get("payload") : key);
        return columns == null ? Set.of() : Set.copyOf(columns.keySet());
    }

    private static Map<String, String> types(SinkRecord record) {
        Header header = record.headers().lastWithName(ChangeEvents.TYPES);
        if (header == null || header.value() == null) {
            return Map.of();
        }
        String text =
                header.value() instanceof byte[] bytes
                        ? new String(bytes, UTF_8)
                        : header.value().toString();
        Map<String, String> types = new HashMap<>();
        for (String type : text.split(",", -1)) {
            int equals = type.indexOf('=');
            if (equals > 0) {
                types.put(type.substring(0, equals), type.substring(equals + 1));
            }
        }
        return Map.copyOf(types);
    }

    private static PrismException unreadable(String why, @Nullable Throwable cause) {
        return new PrismException(
                ErrorCode.RECORD_UNREADABLE, "a record is no change of a row: " + why, cause);
    }
}
