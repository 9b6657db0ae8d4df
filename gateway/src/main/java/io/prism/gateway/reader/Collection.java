package io.prism.gateway.reader;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.reader.FilterSql.Fragment;
import io.prism.gateway.relation.Column;
import io.prism.gateway.relation.ColumnText;
import io.prism.gateway.relation.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A table or view that can be read.
 *
 * @param key the columns that name a row; empty where nothing does
 */
record Collection(Table table, List<Column> key) {

    /**
     * @param declared the columns that the namespace says name a row; empty means the primary key
     */
    static Collection of(Table table, List<String> declared) {
        List<String> key = declared.isEmpty() ? table.primaryKey() : declared;
        return new Collection(
                table, key.stream().map(column -> table.column(column, "collection")).toList());
    }

    /** The columns asked for, each once; all where none is. */
    List<Column> columns(List<String> fields) {
        if (fields.isEmpty()) {
            return List.copyOf(table.columns().values());
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            Column column = table.column(fields.get(i), "fields[" + i + "]");
            columns.put(column.name(), column);
        }
        return List.copyOf(columns.values());
    }

    /** The columns that name a row; throws where nothing does. */
    List<Column> namedBy(String field) {
        if (key.isEmpty()) {
            throw PrismException.ofField(
                            ErrorCode.FIELD_INVALID,
                            field,
                            "collection "
                                    + table.name()
                                    + " has no primary key: declare the columns that name a row, as"
                                    + " `collections: [\""
                                    + table.name()
                                    + "(column)\"]`, or use Query")
                    .with("collection", table.name());
        }
        return key;
    }

    /** A row's name. */
    record Id(List<Column> columns, List<Object> values) {
        Fragment fragment() {
            return new Fragment(
                    columns.stream()
                            .map(column -> column.quoted() + " = " + column.parameter())
                            .collect(Collectors.joining(" AND ")),
                    values);
        }

        /** Column to the one text for its value; empty where a value has none. */
        Optional<Map<String, String>> texts() {
            Map<String, String> texts = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                Optional<String> text = columns.get(i).keyText(values.get(i));
                if (text.isEmpty()) {
                    return Optional.empty();
                }
                texts.put(columns.get(i).name(), text.get());
            }
            return Optional.of(texts);
        }
    }

    /**
     * @param id a value, or an object of the key's columns
     */
    Id id(Value id) {
        List<Column> columns = namedBy("id");
        List<Object> values = new ArrayList<>();
        if (columns.size() == 1 && !id.hasStructValue()) {
            values.add(given(columns.getFirst(), id, "id"));
            return new Id(columns, values);
        }
        if (!id.hasStructValue()) {
            throw PrismException.ofField(
                    ErrorCode.VALUE_INVALID,
                    "id",
                    "a row of collection "
                            + table.name()
                            + " is named by "
                            + list(columns)
                            + ": give an object with each");
        }
        Struct given = id.getStructValue();
        for (String name : given.getFieldsMap().keySet()) {
            Column unused = table.column(name, "id." + name);
        }
        for (Column column : columns) {
            values.add(
                    given(
                            column,
                            given.getFieldsOrDefault(column.name(), Value.getDefaultInstance()),
                            "id." + column.name()));
        }
        if (given.getFieldsCount() != columns.size()) {
            throw PrismException.ofField(
                    ErrorCode.VALUE_INVALID,
                    "id",
                    "a row of collection "
                            + table.name()
                            + " is named by "
                            + list(columns)
                            + ", and by no other column");
        }
        return new Id(columns, values);
    }

    private Object given(Column column, Value value, String field) {
        ColumnText texts = new ColumnText(table.name(), column, field);
        Object given = texts.of(value);
        if (given == null) {
            throw texts.wrong("a value, which names the row, and not null");
        }
        return given;
    }

    private static String list(List<Column> columns) {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }
}
