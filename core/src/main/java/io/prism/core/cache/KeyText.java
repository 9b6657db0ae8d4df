package io.prism.core.cache;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one text of a value in a key, so that a reader's {@code {id}} and a change's {@code
 * {after.id}} make the same key:
 *
 * <table>
 * <caption>by the column's type</caption>
 * <tr><td>smallint, integer, bigint</td><td>decimal: {@code -5}</td></tr>
 * <tr><td>numeric</td><td>decimal without exponent and without zeros at its end: {@code 1.5}</td></tr>
 * <tr><td>text, character varying</td><td>as it is</td></tr>
 * <tr><td>uuid</td><td>lower case with hyphens</td></tr>
 * <tr><td>boolean</td><td>{@code true}, {@code false}</td></tr>
 * <tr><td>date</td><td>{@code 2026-11-22}</td></tr>
 * </table>
 *
 * <p>Rows whose key is made of another type are not cached: their texts depend on settings.
 */
public final class KeyText {
    private static final Predicate<String> INTEGER =
            Pattern.compile("[+-]?[0-9]{1,40}").asMatchPredicate();
    private static final Predicate<String> DECIMAL =
            Pattern.compile("[+-]?[0-9]{1,400}(?:\\.[0-9]{1,400})?").asMatchPredicate();
    private static final Predicate<String> UUIDS =
            Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").asMatchPredicate();

    private KeyText() {}

    /**
     * The text of a value whose column's type is known.
     *
     * @param type as {@code pg_type.typname} or SQL names it: {@code int8}, {@code bigint}, …
     * @param value a Number, a Boolean, a UUID, a LocalDate, or the value's text; for {@code date}
     *     also the days since 1970 as Debezium counts them
     * @return empty where the type is none of the above, or the value not of its type
     */
    public static Optional<String> of(String type, @Nullable Object value) {
        if (value == null) {
            return Optional.empty();
        }
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "int2",
                    "int4",
                    "int8",
                    "smallint",
                    "integer",
                    "bigint",
                    "smallserial",
                    "serial",
                    "bigserial" ->
                    integer(value);
            case "numeric", "decimal" -> decimal(value);
            case "text", "varchar", "character varying" ->
                    value instanceof String text ? Optional.of(text) : Optional.empty();
            case "uuid" -> uuid(value);
            case "bool", "boolean" -> bool(value);
            case "date" -> date(value);
            default -> Optional.empty();
        };
    }

    /**
     * The text of a value out of JSON, where the column's type is not known: right for integers,
     * texts, uuids and booleans. A fraction or a nested value has none.
     */
    public static Optional<String> ofJson(@Nullable Object value) {
        return switch (value) {
            case null -> Optional.empty();
            case String text -> Optional.of(text);
            case Boolean flag -> Optional.of(flag.toString());
            case Byte number -> integer(number);
            case Short number -> integer(number);
            case Integer number -> integer(number);
            case Long number -> integer(number);
            case BigInteger number -> integer(number);
            default -> Optional.empty();
        };
    }

    private static Optional<String> integer(Object value) {
        String text = value.toString().strip();
        if (value instanceof Double || value instanceof Float || value instanceof BigDecimal) {
            return decimal(value).filter(INTEGER);
        }
        return INTEGER.test(text) ? Optional.of(new BigInteger(text).toString()) : Optional.empty();
    }

    private static Optional<String> decimal(Object value) {
        if (value instanceof Double number && !Double.isFinite(number)
                || value instanceof Float other && !Float.isFinite(other)) {
            return Optional.empty();
        }
        String text =
                value instanceof BigDecimal number
                        ? number.toPlainString()
                        : value instanceof Double || value instanceof Float
                                ? new BigDecimal(value.toString()).toPlainString()
                                : value.toString().strip();
        if (!DECIMAL.test(text)) {
            return Optional.empty();
        }
        BigDecimal number = new BigDecimal(text);
        return Optional.of(
                number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString());
    }

    private static Optional<String> uuid(Object value) {
        String text = value.toString().strip().toLowerCase(Locale.ROOT);
        return value instanceof UUID || UUIDS.test(text) ? Optional.of(text) : Optional.empty();
    }

    private static Optional<String> bool(Object value) {
        return switch (value.toString().strip().toLowerCase(Locale.ROOT)) {
            case "true", "t" -> Optional.of("true");
            case "false", "f" -> Optional.of("false");
            default -> Optional.empty();
        };
    }

    private static Optional<String> date(Object value) {
        try {
            if (value instanceof Integer || value instanceof Long) {
                return Optional.of(LocalDate.ofEpochDay(((Number) value).longValue()).toString());
            }
            String text = value.toString().strip();
            // Debezium's isostring ends a date with the zone it does not have.
            return Optional.of(
                    LocalDate.parse(
                                    text.endsWith("Z")
                                            ? text.substring(0, text.length() - 1)
                                            : text)
                            .toString());
        } catch (DateTimeException notADate) {
            return Optional.empty();
        }
    }
}
