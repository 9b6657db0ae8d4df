package io.prism.connectors.cdc;

import io.prism.connectors.heartbeat.Heartbeats;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.NonEmptyString;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;

/**
 * Puts Debezium's events of a namespace's tables into the namespace's topic, as they are. What is
 * about the capture itself is dropped: signals, messages in the log, tombstones.
 *
 * <p>A TRUNCATE has no row and so no key; it goes to partition 0, where in a topic of one partition
 * (Prism's default) it is in order with all rows.
 *
 * <p>JSON does not tell a date from a text, or an integer from a numeric. For the columns that keys
 * are made of, the header {@value #TYPES} does: {@code id=int8,day=date}.
 */
public final class ChangeEvents<R extends ConnectRecord<R>>
        implements Transformation<R>, Versioned {
    /** The header with types of columns, as PostgreSQL names them. */
    public static final String TYPES = "prism-column-types";

    public static final String TOPIC = "topic";
    public static final String SIGNALS = "signals";
    public static final String COLUMNS = "columns";

    static final ConfigDef DEFINITION =
            new ConfigDef()
                    .define(
                            TOPIC,
                            ConfigDef.Type.STRING,
                            ConfigDef.NO_DEFAULT_VALUE,
                            new NonEmptyString(),
                            Importance.HIGH,
                            "The topic of all changes.")
                    .define(
                            SIGNALS,
                            ConfigDef.Type.STRING,
                            "",
                            Importance.MEDIUM,
                            "The table of signals, schema.table; its rows are dropped.")
                    .define(
                            COLUMNS,
                            ConfigDef.Type.LIST,
                            List.of(),
                            Importance.LOW,
                            "The columns whose types the header "
                                    + TYPES
                                    + " tells; Debezium must be configured to say them"
                                    + " (column.propagate.source.type).");

    private static final String SOURCE_TYPE = "__debezium.source.column.type";
    private static final String OPERATION = "op";
    private static final String SOURCE = "source";
    private static final String TRUNCATE = "t";
    private static final String MESSAGE = "m";

    private String topic = "";
    private String signals = "";
    private Set<String> columns = Set.of();

    /** For Connect, which configures it afterwards. */
    public ChangeEvents() {}

    @Override
    public ConfigDef config() {
        return DEFINITION;
    }

    @Override
    public void configure(Map<String, ?> properties) {
        AbstractConfig config = new AbstractConfig(DEFINITION, properties, false);
        topic = config.getString(TOPIC);
        signals = config.getString(SIGNALS);
        columns = new LinkedHashSet<>(config.getList(COLUMNS));
    }

    @Override
    public @Nullable R apply(R record) {
        if (!(record.value() instanceof Struct event)) {
            return null;
        }
        Schema schema = event.schema();
        if (Heartbeats.is(schema)) {
            return Heartbeats.tellsUnreadPosition(record) ? null : record;
        }
        if (schema.field(OPERATION) == null || schema.field(SOURCE) == null) {
            return record;
        }
        Object operation = event.get(OPERATION);
        if (MESSAGE.equals(operation) || isSignal(event)) {
            return null;
        }
        ConnectHeaders headers = new ConnectHeaders(record.headers());
        types(schema).ifPresent(types -> headers.addString(TYPES, types));
        return record.newRecord(
                topic,
                TRUNCATE.equals(operation) ? 0 : null,
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                event,
                record.timestamp(),
                headers);
    }

    private boolean isSignal(Struct event) {
        return event.get(SOURCE) instanceof Struct source
                && signals.equals(text(source, "schema") + "." + text(source, "table"));
    }

    private static String text(Struct source, String name) {
        Field field = source.schema().field(name);
        return field == null ? "" : String.valueOf(source.get(field));
    }

    private Optional<String> types(Schema event) {
        Field row = event.field("after");
        if (row == null || row.schema().type() != Schema.Type.STRUCT) {
            return Optional.empty();
        }
        StringJoiner types = new StringJoiner(",");
        for (String column : columns) {
            Field field = row.schema().field(column);
            if (field != null && field.schema().parameters() != null) {
                String type = field.schema().parameters().get(SOURCE_TYPE);
                if (type != null) {
                    types.add(column + "=" + type.toLowerCase(Locale.ROOT));
                }
            }
        }
        return types.length() == 0 ? Optional.empty() : Optional.of(types.toString());
    }

    @Override
    public void close() {}

    /** The version of the jar this runs from. */
    @Override
    public String version() {
        return Optional.ofNullable(getClass().getPackage().getImplementationVersion())
                .orElse("unpackaged");
    }
}
