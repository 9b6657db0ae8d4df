package io.prism.gateway.reader;

import io.prism.gateway.reader.FilterSql.Fragment;
import io.prism.gateway.relation.Column;
import io.prism.gateway.relation.ColumnValue;
import io.prism.v1.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A read as a statement. Every name in its text is the catalogue's, and every value a parameter.
 *
 * @param text returns the columns, then the row's version (where rows have one), then the marks
 * @param values of its parameters: text, bytes, or null
 * @param marks columns that say where in an order the row is, as text
 */
record Select(
        String text,
        List<? extends @Nullable Object> values,
        List<Column> columns,
        boolean versioned,
        List<Column> marks) {

    /** What the table is called in a statement. */
    static final String ROW = "r";

    /** One row. */
    static Select one(Collection collection, List<Column> columns, Collection.Id id) {
        return of(collection, columns, List.of(), List.of(id.fragment()), "", Optional.of(2L));
    }

    /**
     * Rows by their keys, in the order of the key, which is their marks.
     *
     * @param keys texts in the key's columns
     */
    static Select these(Collection collection, List<List<String>> keys) {
        Keyset order = Keyset.total(collection.table(), List.of(), collection.key());
        String one =
                order.columns().stream()
                        .map(Column::parameter)
                        .collect(Collectors.joining(", ", "(", ")"));
        return of(
                collection,
                collection.columns(List.of()),
                order.columns(),
                List.of(
                        new Fragment(
                                order.columns().stream()
                                                .map(Column::quoted)
                                                .collect(Collectors.joining(", ", "(", ")"))
                                        + keys.stream()
                                                .map(key -> one)
                                                .collect(Collectors.joining(", ", " IN (", ")")),
                                keys.stream().flatMap(List::stream).toList())),
                order.orderBy(),
                Optional.empty());
    }

    /** Rows in any order, or in one. */
    static Select rows(
            Collection collection,
            List<Column> columns,
            Optional<Filter> filter,
            Keyset order,
            long limit) {
        return of(
                collection,
                columns,
                List.of(),
                conditions(collection, filter, Optional.empty()),
                order.orderBy(),
                limit == 0 ? Optional.empty() : Optional.of(limit));
    }

    /**
     * A page's rows.
     *
     * @param behind which row, by its texts in the order's columns
     */
    static Select page(
            Collection collection,
            List<Column> columns,
            Optional<Filter> filter,
            Keyset order,
            Optional<List<@Nullable String>> behind,
            long limit) {
        return of(
                collection,
                columns,
                order.columns(),
                conditions(collection, filter, behind.map(order::behind)),
                order.orderBy(),
                Optional.of(limit));
    }

    /** How many rows there are. */
    static Select count(Collection collection, Optional<Filter> filter) {
        Fragment where = where(conditions(collection, filter, Optional.empty()));
        return new Select(
                "SELECT count(*) FROM " + collection.table().name().quoted() + where.text(),
                where.values(),
                List.of(),
                false,
                List.of());
    }

    private static List<Fragment> conditions(
            Collection collection, Optional<Filter> filter, Optional<Fragment> further) {
        List<Fragment> conditions = new ArrayList<>();
        filter.map(given -> FilterSql.of(collection.table(), given)).ifPresent(conditions::add);
        further.ifPresent(conditions::add);
        return conditions;
    }

    private static Fragment where(List<Fragment> conditions) {
        return conditions.isEmpty()
                ? Fragment.of("")
                : Fragment.joined(conditions, " AND ").wrapped(" WHERE ", "");
    }

    private static Select of(
            Collection collection,
            List<Column> columns,
            List<Column> marks,
            List<Fragment> conditions,
            String orderBy,
            Optional<Long> limit) {
        Fragment where = where(conditions);
        boolean versioned = collection.table().stored();
        List<String> selected = new ArrayList<>();
        columns.forEach(column -> selected.add(ColumnValue.selected(column)));
        if (versioned) {
            selected.add("xmin::text");
        }
        marks.forEach(column -> selected.add(column.quoted() + "::text"));
        List<@Nullable Object> values = new ArrayList<>(where.values());
        limit.ifPresent(most -> values.add(Long.toString(most)));
        return new Select(
                selected.stream().collect(Collectors.joining(", ", "SELECT ", " FROM "))
                        + collection.table().name().quoted()
                        + " AS "
                        + ROW
                        + where.text()
                        + orderBy
                        + (limit.isPresent() ? " LIMIT CAST(? AS bigint)" : ""),
                values,
                columns,
                versioned,
                marks);
    }
}
