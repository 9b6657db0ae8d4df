package io.prism.gateway.relation;

import io.prism.core.outbox.OutboxTable;
import java.util.Locale;

/**
 * A table that a namespace declares.
 *
 * @param schema as in the catalogue, unquoted
 * @param name as in the catalogue, unquoted
 */
public record TableName(String schema, String name) implements Comparable<TableName> {

    /**
     * Of {@code table} or {@code schema.table}; in lower case, as PostgreSQL has unquoted names.
     */
    public static TableName of(String written) {
        String lower = written.toLowerCase(Locale.ROOT);
        int dot = lower.indexOf('.');
        return dot < 0
                ? new TableName(OutboxTable.DEFAULT_SCHEMA, lower)
                : new TableName(lower.substring(0, dot), lower.substring(dot + 1));
    }

    /** As a namespace would declare it. */
    @Override
    public String toString() {
        return schema.equals(OutboxTable.DEFAULT_SCHEMA) ? name : schema + "." + name;
    }

    /** For SQL text. */
    public String quoted() {
        return OutboxTable.quote(schema) + "." + OutboxTable.quote(name);
    }

    @Override
    public int compareTo(TableName other) {
        return toString().compareTo(other.toString());
    }
}
