package io.prism.connectors.outbox;

import io.prism.connectors.heartbeat.Heartbeats;
import io.prism.core.outbox.OutboxMessage;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.outbox.OutboxTopics;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;

/**
 * Makes Debezium's events of an outbox the records that Prism's relay reads: an inserted row
 * becomes a record whose value is the payload, with {@link io.prism.core.outbox.OutboxRow}'s
 * headers; what else happens to an outbox's rows is dropped. A table is an outbox if it has the
 * columns {@link OutboxTable#MARKS}. Messages of an outbox without a table ({@link OutboxMessage})
 * become the same records. Everything else passes as it is.
 *
 * <pre>{@code
 * transforms=outbox
 * transforms.outbox.type=io.prism.connectors.outbox.OutboxRows
 * transforms.outbox.database=orders_db
 * value.converter=io.debezium.converters.BinaryDataConverter
 * header.converter=org.apache.kafka.connect.storage.StringConverter
 * }</pre>
 *
 * <p>No row stops the connector: one that makes no sense goes on with what can be read of it, for
 * the relay to set aside.
 *
 * <p>One event more is dropped: a heartbeat from before anything was read ({@link
 * Heartbeats#tellsUnreadPosition}).
 */
public final class OutboxRows<R extends ConnectRecord<R>> implements Transformation<R>, Versioned {
    static final String DATABASE = "database";
    static final String MAX_BYTES = "max.bytes";

    /** The most the internal topic takes, less room for the record's frame. */
    static final int DEFAULT_MAX_BYTES = 16_777_216 - 65_536;

    static final ConfigDef DEFINITION =
            new ConfigDef()
                    .define(
                            DATABASE,
                            ConfigDef.Type.STRING,
                            ConfigDef.NO_DEFAULT_VALUE,
                            new NonEmptyString(),
                            Importance.HIGH,
                            "The database by the name that namespaces use; it names the topic.")
                    .define(
                            MAX_BYTES,
                            ConfigDef.Type.INT,
                            DEFAULT_MAX_BYTES,
                            Range.atLeast(1_024),
                            Importance.LOW,
                            "A row with more bytes of payload and headers goes on without them, as"
                                    + " one that cannot be relayed. Not above the topic's"
                                    + " max.message.bytes.");

    private static final String HEARTBEAT_PREFIX = "prism.heartbeat";
    private static final String AFTER = "after";
    private static final String OPERATION = "op";
    private static final String MESSAGE = "message";

    private final Map<Schema, Boolean> outboxes = Collections.synchronizedMap(new WeakHashMap<>());
    private String topic = "";
    private int maxBytes = DEFAULT_MAX_BYTES;

    /** For Connect, which configures it afterwards. */
    public OutboxRows() {}

    @Override
    public ConfigDef config() {
        return DEFINITION;
    }

    @Override
    public void configure(Map<String, ?> properties) {
        AbstractConfig config = new AbstractConfig(DEFINITION, properties, false);
        topic = OutboxTopics.rows(config.getString(DATABASE)).name();
        maxBytes = config.getInt(MAX_BYTES);
    }

    @Override
    public @Nullable R apply(R record) {
        if (!(record.value() instanceof Struct event)) {
            return record;
        }
        Schema schema = event.schema();
        if (Heartbeats.is(schema)) {
            return Heartbeats.tellsUnreadPosition(record) ? null : record;
        }
        if (isOutbox(schema)) {
            return inserted(event) ? row(record, RowOfTable.read(event, event.get(AFTER))) : null;
        }
        Object prefix = messagePrefix(event);
        if (OutboxMessage.PREFIX.equals(prefix)) {
            return row(record, RowOfMessage.read(event.get(MESSAGE)));
        }
        return HEARTBEAT_PREFIX.equals(prefix) ? null : record;
    }

    private static boolean inserted(Struct event) {
        Object operation = event.get(OPERATION);
        return ("c".equals(operation) || "r".equals(operation)) && event.get(AFTER) != null;
    }

    /** Schemas are few and live long; comparing them is dear, so by identity first. */
    private boolean isOutbox(Schema schema) {
        return outboxes.computeIfAbsent(schema, OutboxRows::hasMarks);
    }

    private static boolean hasMarks(Schema schema) {
        if (schema.field(OPERATION) == null) {
            return false;
        }
        Field after = schema.field(AFTER);
        return after != null
                && after.schema().type() == Schema.Type.STRUCT
                && OutboxTable.MARKS.stream().allMatch(mark -> after.schema().field(mark) != null);
    }

    private static @Nullable Object messagePrefix(Struct event) {
        Field field = event.schema().field(MESSAGE);
        if (field == null
                || field.schema().type() != Schema.Type.STRUCT
                || field.schema().field(RowOfMessage.PREFIX) == null
                || field.schema().field(RowOfMessage.CONTENT) == null) {
            return null;
        }
        return event.get(field) instanceof Struct message ? message.get(RowOfMessage.PREFIX) : null;
    }

    private R row(R record, ReadRow read) {
        ReadRow row = read.within(maxBytes);
        ConnectHeaders headers = new ConnectHeaders();
        row.headers().forEach(headers::addString);
        return record.newRecord(
                topic,
                0,
                null,
                null,
                Schema.OPTIONAL_BYTES_SCHEMA,
                row.payload(),
                record.timestamp(),
                headers);
    }

    @Override
    public void close() {
        outboxes.clear();
    }

    /** The version of the jar this runs from. */
    @Override
    public String version() {
        return Optional.ofNullable(getClass().getPackage().getImplementationVersion())
                .orElse("unpackaged");
    }
}
