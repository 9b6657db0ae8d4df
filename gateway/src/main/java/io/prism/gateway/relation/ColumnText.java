package io.prism.gateway.relation;

import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.relation.Column.Kind;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values as PostgreSQL reads them: text for its type's input function, which is bound and never
 * part of a statement. Nothing is rounded on the way: what a double cannot hold is refused where it
 * comes as one.
 */
public final class ColumnText {
    /** Above it not every integer is a double. */
    private static final double EXACT = 1L << 53;

    private static final Pattern INTEGER = Pattern.compile("\\s*[+-]?[0-9]{1,30}\\s*");

    private final TableName table;
    private final Column column;
    private final String field;

    /**
     * @param field of the request that holds the value, for errors
     */
    public ColumnText(TableName table, Column column, String field) {
        this.table = table;
        this.column = column;
        this.field = field;
    }

    /** Text, bytes, or null for NULL. */
    public @Nullable Object of(Value value) {
        if (value.hasNullValue() || value.getKindCase() == Value.KindCase.KIND_NOT_SET) {
            return null;
        }
        if (column.array()) {
            return value.hasListValue() ? array(value.getListValue()) : text(value, "a list");
        }
        return column.kind() == Kind.BYTES ? bytes(value) : scalar(value);
    }

    private String scalar(Value value) {
        return switch (column.kind()) {
            case FLAG -> value.hasBoolValue() ? flag(value) : text(value, "true or false");
            case SMALL_INTEGER, BIG_INTEGER -> integer(value);
            case FLOAT ->
                    value.hasNumberValue()
                            ? Double.toString(value.getNumberValue())
                            : text(value, "a number");
            case DECIMAL -> decimal(value);
            case TEXT -> text(value, "a string");
            case BYTES -> "\\x" + HexFormat.of().formatHex(bytes(value));
            case JSON -> value.hasStringValue() ? value.getStringValue() : JsonText.of(value);
            case OTHER ->
                    value.hasNumberValue()
                            ? JsonText.of(value)
                            : text(value, "a string as PostgreSQL reads " + column.type());
        };
    }

    private static String flag(Value value) {
        return Boolean.toString(value.getBoolValue());
    }

    private String integer(Value value) {
        if (!value.hasNumberValue()) {
            String text = text(value, "a whole number");
            if (!INTEGER.matcher(text).matches()) {
                throw wrong("a whole number");
            }
            return text;
        }
        double number = value.getNumberValue();
        if (number != Math.rint(number) || Double.isInfinite(number)) {
            throw wrong("a whole number");
        }
        return Long.toString((long) exact(number));
    }

    private String decimal(Value value) {
        if (!value.hasNumberValue()) {
            return text(value, "a number");
        }
        double number = value.getNumberValue();
        return Double.isFinite(number)
                ? new BigDecimal(Double.toString(exact(number))).toPlainString()
                : Double.toString(number);
    }

    private double exact(double number) {
        if (Math.abs(number) >= EXACT) {
            throw wrong("a string: numbers are doubles, and this one may have lost digits already");
        }
        return number;
    }

    private String text(Value value, String expected) {
        if (!value.hasStringValue()) {
            throw wrong(expected);
        }
        return value.getStringValue();
    }

    private byte[] bytes(Value value) {
        String text = text(value, "bytes in base64").replace('-', '+').replace('_', '/').strip();
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw wrong("bytes in base64");
        }
    }

    /** An array's literal: every element in quotes, so that none can end another. */
    private String array(ListValue list) {
        StringBuilder literal = new StringBuilder("{");
        for (Value element : list.getValuesList()) {
            if (literal.length() > 1) {
                literal.append(',');
            }
            if (element.hasNullValue()) {
                literal.append("NULL");
            } else if (element.hasListValue() && column.kind() != Kind.JSON) {
                literal.append(array(element.getListValue()));
            } else {
                String text = scalar(element).replace("\\", "\\\\").replace("\"", "\\\"");
                literal.append('"').append(text).append('"');
            }
        }
        return literal.append('}').toString();
    }

    /** What is wrong with a value that is not what was expected. */
    public PrismException wrong(String expected) {
        return PrismException.ofField(
                        ErrorCode.VALUE_INVALID,
                        field,
                        "column "
                                + column.name()
                                + " of table "
                                + table
                                + " is "
                                + column.type()
                                + " and takes "
                                + expected)
                .with("table", table)
                .with("column", column.name())
                .with("type", column.type());
    }
}
