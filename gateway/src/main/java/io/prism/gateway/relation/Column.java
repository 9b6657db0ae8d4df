package io.prism.gateway.relation;

import io.prism.core.cache.KeyText;
import io.prism.core.outbox.OutboxTable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A column, as the catalogue has it.
 *
 * @param type for SQL text, without a length: a value that is too long is refused, not cut
 * @param kind of the elements, of an array
 * @param computed whether the database alone gives it a value
 * @param required whether it is never NULL
 * @param exact whether two texts that are equal to the database are one text, as they are but by
 *     collations that say otherwise
 */
public record Column(
        String name,
        String type,
        Kind kind,
        boolean array,
        boolean computed,
        boolean required,
        boolean exact) {

    /** One whose collation, if any, is like most. */
    public Column(
            String name,
            String type,
            Kind kind,
            boolean array,
            boolean computed,
            boolean required) {
        this(name, type, kind, array, computed, required, true);
    }

    /** How values of a column are written. */
    public enum Kind {
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
    public String quoted() {
        return OutboxTable.quote(name);
    }

    /**
     * A key's value as the one text that stands for it, however a client writes it: {@code 007} and
     * {@code 7} are one bigint. Empty where a type has none that all can agree on; such rows are
     * not cached.
     *
     * @param bound what {@link ColumnText} made of the value
     */
    public Optional<String> keyText(@Nullable Object bound) {
        return exact && !array && bound instanceof String text
                ? KeyText.of(type, text)
                : Optional.empty();
    }

    /** A parameter of the column's type. */
    public String parameter() {
        return "CAST(? AS " + type + ")";
    }
}
