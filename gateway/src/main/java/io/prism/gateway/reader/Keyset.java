package io.prism.gateway.reader;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.reader.FilterSql.Fragment;
import io.prism.gateway.relation.Column;
import io.prism.gateway.relation.Table;
import io.prism.v1.Direction;
import io.prism.v1.Sort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An order of rows, and what lies behind one of them. null comes after everything else, ascending,
 * and before it, descending, as PostgreSQL has it.
 */
record Keyset(List<Keyset.Part> parts) {
    private static final int MOST = 8;

    /** A column and its direction. */
    record Part(Column column, boolean descending) {
        /** Of the table's column: a bare name would be the text that is selected of it. */
        String order() {
            return Select.ROW + "." + column.quoted() + (descending ? " DESC" : " ASC");
        }
    }

    /** The order that is asked for. */
    static Keyset of(Table table, List<Sort> sorts) {
        return new Keyset(List.copyOf(asked(table, sorts).values()));
    }

    /** The same, and then by the key: no two rows are in the same place. */
    static Keyset total(Table table, List<Sort> sorts, List<Column> key) {
        Map<String, Part> parts = asked(table, sorts);
        boolean descending = !parts.isEmpty() && List.copyOf(parts.values()).getLast().descending();
        key.forEach(column -> parts.putIfAbsent(column.name(), new Part(column, descending)));
        return new Keyset(List.copyOf(parts.values()));
    }

    private static Map<String, Part> asked(Table table, List<Sort> sorts) {
        if (sorts.size() > MOST) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID, "sort", "rows are sorted by at most " + MOST);
        }
        Map<String, Part> parts = new LinkedHashMap<>();
        for (int i = 0; i < sorts.size(); i++) {
            String field = "sort[" + i + "]";
            Column column = table.column(sorts.get(i).getField(), field + ".field");
            Direction direction = sorts.get(i).getDirection();
            if (direction == Direction.UNRECOGNIZED) {
                throw PrismException.ofField(
                        ErrorCode.FIELD_INVALID,
                        field + ".direction",
                        "there is no such direction; there are ascending and descending");
            }
            parts.putIfAbsent(
                    column.name(), new Part(column, direction == Direction.DIRECTION_DESCENDING));
        }
        return parts;
    }

    List<Column> columns() {
        return parts.stream().map(Part::column).toList();
    }

    /** For SQL text; empty where there is no order. */
    String orderBy() {
        return parts.isEmpty()
                ? ""
                : parts.stream()
                        .map(Part::order)
                        .collect(Collectors.joining(", ", " ORDER BY ", ""));
    }

    /**
     * What lies behind a row.
     *
     * @param row its texts in this order's columns, null for NULL
     */
    Fragment behind(List<? extends @Nullable String> row) {
        boolean plain =
                parts.stream().allMatch(part -> part.column().required())
                        && parts.stream().map(Part::descending).distinct().count() == 1;
        return plain ? compared(row) : spelled(row);
    }

    /** Row comparison, which an index serves. */
    private Fragment compared(List<? extends @Nullable String> row) {
        return new Fragment(
                columns().stream().map(Column::quoted).collect(Collectors.joining(", ", "(", ")"))
                        + (parts.getFirst().descending() ? " < " : " > ")
                        + columns().stream()
                                .map(Column::parameter)
                                .collect(Collectors.joining(", ", "(", ")")),
                row);
    }

    private Fragment spelled(List<? extends @Nullable String> row) {
        List<Fragment> cases = new ArrayList<>();
        List<Fragment> same = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            String value = row.get(i);
            List<Fragment> one = new ArrayList<>(same);
            one.add(beyond(part, value));
            cases.add(Fragment.joined(one, " AND "));
            same.add(equal(part.column(), value));
        }
        return Fragment.joined(cases, " OR ");
    }

    private static Fragment equal(Column column, @Nullable String value) {
        return value == null
                ? Fragment.of(column.quoted() + " IS NULL")
                : new Fragment(column.quoted() + " = " + column.parameter(), List.of(value));
    }

    private static Fragment beyond(Part part, @Nullable String value) {
        Column column = part.column();
        if (value == null) {
            return Fragment.of(part.descending() ? column.quoted() + " IS NOT NULL" : "FALSE");
        }
        if (part.descending()) {
            return new Fragment(column.quoted() + " < " + column.parameter(), List.of(value));
        }
        Fragment greater =
                new Fragment(column.quoted() + " > " + column.parameter(), List.of(value));
        return column.required()
                ? greater
                : greater.wrapped("(", " OR " + column.quoted() + " IS NULL)");
    }
}
