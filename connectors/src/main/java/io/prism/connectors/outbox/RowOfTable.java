package io.prism.connectors.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.outbox.OutboxRow;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Reads the columns of a row, of whatever types the table has given them. */
final class RowOfTable {
    private static final String PAYLOAD = "payload";
    private static final String CREATED_AT = "created_at";
    private static final String MICROSECONDS = "io.debezium.time.MicroTimestamp";
    private static final String NANOSECONDS = "io.debezium.time.NanoTimestamp";
    private static final String MILLISECONDS = "io.debezium.time.Timestamp";

    /** From columns to headers, for those whose text is handed on. */
    private static final Map<String, String> COLUMNS = columns();

    private RowOfTable() {}

    private static Map<String, String> columns() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("id", OutboxRow.ID);
        columns.put("namespace", OutboxRow.NAMESPACE);
        columns.put("topic", OutboxRow.TOPIC);
        columns.put("key", OutboxRow.KEY);
        columns.put("event_type", OutboxRow.EVENT_TYPE);
        columns.put("headers", OutboxRow.HEADERS);
        columns.put("message_id", OutboxRow.MESSAGE_ID);
        columns.put("traceparent", OutboxRow.TRACEPARENT);
        columns.put("claim_check_id", OutboxRow.CLAIM_ID);
        columns.put("payload_size", OutboxRow.CLAIM_SIZE);
        columns.put("claim_check_sha256", OutboxRow.CLAIM_SHA256);
        columns.put("claim_check_encoding", OutboxRow.CLAIM_ENCODING);
        columns.put("claim_check_key", OutboxRow.CLAIM_KEY);
        return columns;
    }

    /**
     * @param after the row
     */
    static ReadRow read(Struct event, Object after) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(OutboxRow.TABLE, table(event));
        if (!(after instanceof Struct row)) {
            return new ReadRow(headers, new byte[0])
                    .failed("RECORD_UNREADABLE", "the event has no row");
        }
        COLUMNS.forEach((column, header) -> put(headers, header, text(value(row, column))));
        put(headers, OutboxRow.CREATED_AT, time(row));
        return new ReadRow(headers, bytes(value(row, PAYLOAD)));
    }

    private static String table(Struct event) {
        Field field = event.schema().field("source");
        Object source =
                field == null || field.schema().type() != Schema.Type.STRUCT
                        ? null
                        : event.get(field);
        if (!(source instanceof Struct of)) {
            return "";
        }
        return text(value(of, "schema"), "") + "." + text(value(of, "table"), "");
    }

    private static void put(Map<String, String> headers, String name, @Nullable String value) {
        if (value != null) {
            headers.put(name, value);
        }
    }

    private static @Nullable Object value(Struct row, String column) {
        Field field = row.schema().field(column);
        return field == null ? null : row.get(field);
    }

    private static String text(@Nullable Object value, String otherwise) {
        String text = text(value);
        return text == null ? otherwise : text;
    }

    private static @Nullable String text(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
            case ByteBuffer buffer -> text(copy(buffer));
            default -> value.toString();
        };
    }

    static byte @Nullable [] bytes(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case byte[] bytes -> bytes;
            case ByteBuffer buffer -> copy(buffer);
            default -> value.toString().getBytes(UTF_8);
        };
    }

    private static byte[] copy(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** As an instant where it can be read as one. */
    private static @Nullable String time(Struct row) {
        Field field = row.schema().field(CREATED_AT);
        Object value = field == null ? null : row.get(field);
        if (field == null || value == null) {
            return null;
        }
        try {
            if (value instanceof Long number && field.schema().name() != null) {
                return switch (field.schema().name()) {
                    case MILLISECONDS -> Instant.ofEpochMilli(number).toString();
                    case MICROSECONDS -> Instant.EPOCH.plus(number, ChronoUnit.MICROS).toString();
                    case NANOSECONDS -> Instant.EPOCH.plusNanos(number).toString();
                    default -> number.toString();
                };
            }
            return OffsetDateTime.parse(value.toString()).toInstant().toString();
        } catch (DateTimeException | ArithmeticException e) {
            return value.toString();
        }
    }
}
