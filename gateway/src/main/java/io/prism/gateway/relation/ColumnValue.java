package io.prism.gateway.relation;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Value;
import io.prism.gateway.relation.Column.Kind;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values as clients get them, made of what PostgreSQL writes (dates in ISO, times with a zone in
 * UTC, bytea in hex): the opposite of {@link ColumnText}, and as exact. What a double cannot hold
 * is a string.
 */
public final class ColumnValue {
    private static final Value NULL = Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
    private static final Value TRUE = Value.newBuilder().setBoolValue(true).build();
    private static final Value FALSE = Value.newBuilder().setBoolValue(false).build();

    /** In the common era, and no infinity. */
    private static final Pattern PLAIN_TIME =
            Pattern.compile("(\\d{4,6}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?)(\\+00)?");

    private static final String ZONED = "timestamp with time zone";
    private static final String LOCAL = "timestamp without time zone";

    private ColumnValue() {}

    /** How a column's text is selected. */
    public static String selected(Column column) {
        // A cast would cut the blanks it is padded with.
        return column.type().equals("bpchar") ? column.quoted() : column.quoted() + "::text";
    }

    /**
     * @param text null for NULL
     */
    public static Value of(Column column, @Nullable String text) {
        if (text == null) {
            return NULL;
        }
        return column.array() ? array(column, text) : scalar(column, text);
    }

    private static Value scalar(Column column, String text) {
        return switch (column.kind()) {
            case FLAG -> text.startsWith("t") ? TRUE : FALSE;
            case SMALL_INTEGER -> number(Integer.parseInt(text));
            case FLOAT -> floating(text);
            case BYTES -> string(base64(text));
            case BIG_INTEGER, DECIMAL, TEXT, JSON -> string(text);
            case OTHER -> string(time(column, text));
        };
    }

    /** NaN and the infinities have no JSON, and so stay text. */
    private static Value floating(String text) {
        double number = Double.parseDouble(text);
        return Double.isFinite(number) ? number(number) : string(text);
    }

    private static String base64(String hex) {
        return Base64.getEncoder()
                .encodeToString(HexFormat.of().parseHex(hex, 2, hex.length())); // behind \\x
    }

    private static String time(Column column, String text) {
        boolean zoned = column.type().startsWith(ZONED);
        if (!zoned && !column.type().startsWith(LOCAL)) {
            return text;
        }
        var parts = PLAIN_TIME.matcher(text);
        return parts.matches() ? parts.group(1) + 'T' + parts.group(2) + (zoned ? "Z" : "") : text;
    }

    private static Value number(double number) {
        return Value.newBuilder().setNumberValue(number).build();
    }

    private static Value string(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Value array(Column column, String text) {
        // Bounds other than 1, as in [0:2]={1,2,3}, have no place in a list.
        int start = text.startsWith("[") ? text.indexOf('=') + 1 : 0;
        return new Literal(column, text, start).list();
    }

    /** Reads an array's text. */
    private static final class Literal {
        private final Column column;
        private final String text;
        private int at;

        Literal(Column column, String text, int start) {
            this.column = column;
            this.text = text;
            this.at = start;
        }

        /** From an opening brace until behind the closing one. */
        Value list() {
            ListValue.Builder list = ListValue.newBuilder();
            at++;
            while (text.charAt(at) != '}') {
                switch (text.charAt(at)) {
                    case '{' -> list.addValues(list());
                    case '"' -> list.addValues(scalar(column, quoted()));
                    case ',' -> at++;
                    default -> list.addValues(bare());
                }
            }
            at++;
            return Value.newBuilder().setListValue(list).build();
        }

        private String quoted() {
            StringBuilder element = new StringBuilder();
            at++;
            while (text.charAt(at) != '"') {
                if (text.charAt(at) == '\\') {
                    at++;
                }
                element.append(text.charAt(at++));
            }
            at++;
            return element.toString();
        }

        private Value bare() {
            int start = at;
            while (text.charAt(at) != ',' && text.charAt(at) != '}') {
                at++;
            }
            String element = text.substring(start, at);
            return element.equals("NULL") ? NULL : scalar(column, element);
        }
    }

    /** Whether a column's values are compared as text. */
    public static boolean isText(Column column) {
        return column.kind() == Kind.TEXT && !column.array();
    }
}
