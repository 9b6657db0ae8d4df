package io.prism.gateway.relation;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.DidYouMean;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a table has.
 *
 * @param columns by name, in the table's order
 * @param primaryKey its columns; empty where there is none
 * @param unique columns that are unique by themselves
 * @param partitioned whether rows are in tables below it
 * @param stored whether rows are in it or in tables below it, each with its version; not of views
 */
public record Table(
        TableName name,
        Map<String, Column> columns,
        List<String> primaryKey,
        Set<String> unique,
        boolean partitioned,
        boolean stored) {

    /**
     * @throws PrismException COLUMN_UNKNOWN, with what there is
     */
    public Column column(String column, String field) {
        Column known = columns.get(column);
        if (known != null) {
            return known;
        }
        String meant = DidYouMean.suggestion(column, columns.keySet());
        throw PrismException.ofField(
                        ErrorCode.COLUMN_UNKNOWN,
                        field,
                        "table "
                                + name
                                + " has no column "
                                + Said.of(column)
                                + "; it has "
                                + String.join(", ", columns.keySet())
                                + (meant.isEmpty() ? "" : ": " + meant))
                .with("table", name)
                .with("column", Said.of(column))
                .with("allowed", String.join(",", columns.keySet()));
    }

    /**
     * The columns that name a row.
     *
     * @param idField one that is unique, or empty for the primary key
     */
    public List<Column> key(String idField) {
        if (idField.isEmpty()) {
            if (primaryKey.isEmpty()) {
                throw PrismException.ofField(
                                ErrorCode.FIELD_INVALID,
                                "data.id_field",
                                "table "
                                        + name
                                        + " has no primary key to name a row by: give id_field a"
                                        + " unique column"
                                        + allowed())
                        .with("table", name);
            }
            return primaryKey.stream().map(column -> column(column, "data.table")).toList();
        }
        Column column = column(idField, "data.id_field");
        if (!unique.contains(idField)) {
            throw PrismException.ofField(
                            ErrorCode.FIELD_INVALID,
                            "data.id_field",
                            "column "
                                    + idField
                                    + " of table "
                                    + name
                                    + " is not unique, so it does not name a row"
                                    + allowed())
                    .with("table", name)
                    .with("column", idField);
        }
        return List.of(column);
    }

    private String allowed() {
        return unique.isEmpty() ? "" : "; unique are " + String.join(", ", unique);
    }
}
