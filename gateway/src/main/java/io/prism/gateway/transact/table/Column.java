package io.prism.gateway.transact.table;

import io.prism.core.outbox.OutboxTable;

/**
 * A column, as the catalogue has it.
 *
 * @param type for SQL text, without a length: a value that is too long is refused, not cut
 * @param kind of the elements, of an array
 * @param computed whether the database alone gives it a value
 */
record Column(String name, String type, Kind kind, boolean array, boolean computed) {

    /** How values of a column are written. */
    enum Kind {
        FLAG,
        /** Of up to 32 bits. */
        SMALL_INTEGER,
        BIG_INTEGER,
        FLOAT,
        DECIMAL,
        TEXT,
        BYTES,
        JSON,
        /** As PostgreSQL reads it. */
        OTHER;

        /**
         * @param type in the catalogue; a domain's base
         */
        static Kind of(String type) {
            return switch (type) {
                case "bool" -> FLAG;
                case "int2", "int4" -> SMALL_INTEGER;
                case "int8" -> BIG_INTEGER;
                case "float4", "float8" -> FLOAT;
                case "numeric" -> DECIMAL;
                case "text", "varchar", "bpchar", "citext", "name" -> TEXT;
                case "bytea" -> BYTES;
                case "json", "jsonb" -> JSON;
                default -> OTHER;
            };
        }
    }

    /** For SQL text. */
    String quoted() {
        return OutboxTable.quote(name);
    }

    /** A parameter of the column's type. */
    String parameter() {
        return "CAST(? AS " + type + ")";
    }
}
