package io.prism.gateway.transact.table;

import com.google.protobuf.Value;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.relation.Column;
import io.prism.gateway.relation.ColumnText;
import io.prism.gateway.relation.Table;
import io.prism.v1.DataWrite;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A write as a statement. Every name in its text is the catalogue's, and every value a parameter.
 *
 * @param text returns the key's columns, then the end of the log, then (if told) whether the row
 *     was there before
 * @param values of its parameters: text, bytes, or null
 * @param key the columns that name the row; empty where nothing does
 * @param tellsUpdated whether it says that the row was there before
 * @param needsRow whether the row must be there
 */
record RowStatement(
        String text,
        List<@Nullable Object> values,
        List<Column> key,
        boolean tellsUpdated,
        boolean needsRow) {
    private static final String LOG_END = "pg_current_wal_insert_lsn()::text";

    /** A column and what is written into it. */
    private record Given(Column column, @Nullable Object value) {}

    static RowStatement of(Table table, DataWrite write) {
        return switch (write.getMode()) {
            case WRITE_MODE_UNSPECIFIED, WRITE_MODE_INSERT -> insert(table, write);
            case WRITE_MODE_UPDATE -> update(table, write);
            case WRITE_MODE_UPSERT -> upsert(table, write);
            case WRITE_MODE_DELETE -> delete(table, write);
            case UNRECOGNIZED ->
                    throw PrismException.ofField(
                            ErrorCode.FIELD_INVALID,
                            "data.mode",
                            "there is no such mode; there are insert, update, upsert and delete");
        };
    }

    private static RowStatement insert(Table table, DataWrite write) {
        Map<String, Given> given = given(table, write);
        List<Column> key =
                write.getIdField().isEmpty() && table.primaryKey().isEmpty()
                        ? List.of()
                        : table.key(write.getIdField());
        return new RowStatement(
                into(table, given.values()) + returning(key, ""),
                values(given.values()),
                key,
                false,
                false);
    }

    private static RowStatement update(Table table, DataWrite write) {
        Map<String, Given> given = given(table, write);
        List<Column> key = table.key(write.getIdField());
        List<Given> names = names(table, key, given);
        List<Given> changed = others(given, key);
        if (changed.isEmpty()) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "data.record",
                    "an update of table "
                            + table.name()
                            + " gives no column but "
                            + list(key)
                            + ": give those that change");
        }
        checkGiven(table, changed);
        List<@Nullable Object> values = values(changed);
        values.addAll(values(names));
        return new RowStatement(
                "UPDATE "
                        + table.name().quoted()
                        + " SET "
                        + changed.stream().map(RowStatement::assignment).collect(comma())
                        + where(names)
                        + returning(key, ""),
                values,
                key,
                false,
                true);
    }

    private static RowStatement upsert(Table table, DataWrite write) {
        Map<String, Given> given = given(table, write);
        List<Column> key = table.key(write.getIdField());
        List<Given> unused = names(table, key, given);
        List<Given> changed = others(given, key);
        String set =
                (changed.isEmpty() ? key : changed.stream().map(Given::column).toList())
                        .stream()
                                .map(column -> column.quoted() + " = EXCLUDED." + column.quoted())
                                .collect(comma());
        return new RowStatement(
                into(table, given.values())
                        + " ON CONFLICT ("
                        + key.stream().map(Column::quoted).collect(comma())
                        + ") DO UPDATE SET "
                        + set
                        // A row that this statement made was locked by nobody.
                        + returning(key, table.partitioned() ? "" : ", xmax <> 0"),
                values(given.values()),
                key,
                !table.partitioned(),
                false);
    }

    private static RowStatement delete(Table table, DataWrite write) {
        Map<String, Given> given = given(table, write);
        List<Column> key = table.key(write.getIdField());
        List<Given> names = names(table, key, given);
        Optional<Given> other = others(given, key).stream().findFirst();
        if (other.isPresent()) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "data.record." + other.get().column().name(),
                    "a delete from table "
                            + table.name()
                            + " names the row by "
                            + list(key)
                            + ", and takes no other column");
        }
        return new RowStatement(
                "DELETE FROM " + table.name().quoted() + where(names) + returning(key, ""),
                values(names),
                key,
                false,
                true);
    }

    /** The record's columns, by name: one text for one set of columns, whatever their order. */
    private static Map<String, Given> given(Table table, DataWrite write) {
        Map<String, Given> given = new TreeMap<>();
        for (Map.Entry<String, Value> entry : write.getRecord().getFieldsMap().entrySet()) {
            String field = "data.record." + entry.getKey();
            Column column = table.column(entry.getKey(), field);
            given.put(
                    column.name(),
                    new Given(
                            column,
                            new ColumnText(table.name(), column, field).of(entry.getValue())));
        }
        return given;
    }

    private static List<Given> names(Table table, List<Column> key, Map<String, Given> given) {
        List<Given> names = new ArrayList<>();
        for (Column column : key) {
            Given value = given.get(column.name());
            if (value == null || value.value() == null) {
                throw PrismException.ofField(
                                ErrorCode.FIELD_INVALID,
                                "data.record." + column.name(),
                                "the row of table "
                                        + table.name()
                                        + " is named by "
                                        + list(key)
                                        + ", and the record gives no "
                                        + column.name())
                        .with("table", table.name())
                        .with("column", column.name());
            }
            names.add(value);
        }
        return names;
    }

    private static List<Given> others(Map<String, Given> given, List<Column> key) {
        return given.values().stream().filter(g -> !key.contains(g.column())).toList();
    }

    private static String into(Table table, Collection<Given> given) {
        checkGiven(table, given);
        String start = "INSERT INTO " + table.name().quoted();
        return given.isEmpty()
                ? start + " DEFAULT VALUES"
                : start
                        + " ("
                        + given.stream().map(g -> g.column().quoted()).collect(comma())
                        + ") VALUES ("
                        + given.stream().map(g -> g.column().parameter()).collect(comma())
                        + ")";
    }

    private static void checkGiven(Table table, Collection<Given> given) {
        for (Given one : given) {
            if (one.column().computed()) {
                throw computed(table, one.column());
            }
        }
    }

    private static PrismException computed(Table table, Column column) {
        return PrismException.ofField(
                        ErrorCode.VALUE_INVALID,
                        "data.record." + column.name(),
                        "column "
                                + column.name()
                                + " of table "
                                + table.name()
                                + " gets its value from the database alone: leave it out")
                .with("table", table.name())
                .with("column", column.name());
    }

    private static String assignment(Given given) {
        return given.column().quoted() + " = " + given.column().parameter();
    }

    private static String where(List<Given> names) {
        return names.stream()
                .map(RowStatement::assignment)
                .collect(Collectors.joining(" AND ", " WHERE ", ""));
    }

    private static String returning(List<Column> key, String further) {
        return key.stream()
                .map(column -> column.quoted() + "::text, ")
                .collect(Collectors.joining("", " RETURNING ", LOG_END + further));
    }

    private static List<@Nullable Object> values(Collection<Given> given) {
        List<@Nullable Object> values = new ArrayList<>();
        given.forEach(one -> values.add(one.value()));
        return values;
    }

    private static String list(List<Column> columns) {
        return columns.stream().map(Column::name).collect(comma());
    }

    private static Collector<CharSequence, ?, String> comma() {
        return Collectors.joining(", ");
    }
}
