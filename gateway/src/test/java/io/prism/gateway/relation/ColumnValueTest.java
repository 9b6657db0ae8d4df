package io.prism.gateway.relation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Value;
import io.prism.gateway.relation.Column.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnValueTest {
    private static final Value NULL = Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();

    private static Column column(String type, Kind kind) {
        return new Column("c", type, kind, type.endsWith("[]"), false, false);
    }

    private static Value of(String type, Kind kind, String text) {
        return ColumnValue.of(column(type, kind), text);
    }

    private static Value string(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Value number(double number) {
        return Value.newBuilder().setNumberValue(number).build();
    }

    private static Value list(Value... values) {
        return Value.newBuilder()
                .setListValue(ListValue.newBuilder().addAllValues(List.of(values)))
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "bigint, BIG_INTEGER, 9223372036854775807",
        "numeric, DECIMAL, 123456789012345678901234567890.1230",
        "numeric, DECIMAL, NaN",
        "json, JSON, '{\"b\": 1,  \"a\": 1e400}'",
        "text, TEXT, ' x '",
        "double precision, FLOAT, Infinity",
        "uuid, OTHER, 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "timestamp with time zone, OTHER, infinity",
        "timestamp with time zone, OTHER, 0044-03-15 12:00:00+00 BC",
        "date, OTHER, 2026-01-31",
        "interval, OTHER, 1 mon 03:00:00"
    })
    void whatADoubleCannotHoldStaysText(String type, Kind kind, String text) {
        assertThat(of(type, kind, text)).isEqualTo(string(text));
    }

    @Test
    void numbersFlagsAndBytesAreThemselves() {
        assertThat(of("integer", Kind.SMALL_INTEGER, "-2147483648")).isEqualTo(number(-2147483648));
        assertThat(of("double precision", Kind.FLOAT, "0.30000000000000004"))
                .isEqualTo(number(0.30000000000000004));
        assertThat(of("boolean", Kind.FLAG, "true").getBoolValue()).isTrue();
        assertThat(of("boolean[]", Kind.FLAG, "{t,f}"))
                .isEqualTo(
                        list(
                                Value.newBuilder().setBoolValue(true).build(),
                                Value.newBuilder().setBoolValue(false).build()));
        assertThat(of("bytea", Kind.BYTES, "\\x00ff10")).isEqualTo(string("AP8Q"));
        assertThat(of("bytea", Kind.BYTES, "\\x")).isEqualTo(string(""));
        assertThat(ColumnValue.of(column("bigint", Kind.BIG_INTEGER), null)).isEqualTo(NULL);
    }

    @Test
    void timesAreIso() {
        assertThat(of("timestamp with time zone", Kind.OTHER, "2026-01-31 12:00:00.123456+00"))
                .isEqualTo(string("2026-01-31T12:00:00.123456Z"));
        assertThat(of("timestamp without time zone", Kind.OTHER, "2026-01-31 12:00:00"))
                .isEqualTo(string("2026-01-31T12:00:00"));
        assertThat(
                        of(
                                "timestamp with time zone[]",
                                Kind.OTHER,
                                "{\"2026-01-31 12:00:00+00\",NULL}"))
                .isEqualTo(list(string("2026-01-31T12:00:00Z"), NULL));
    }

    @Test
    void arraysAreLists() {
        assertThat(of("integer[]", Kind.SMALL_INTEGER, "{}")).isEqualTo(list());
        assertThat(of("integer[]", Kind.SMALL_INTEGER, "{1,NULL,-3}"))
                .isEqualTo(list(number(1), NULL, number(-3)));
        assertThat(of("integer[]", Kind.SMALL_INTEGER, "{{1,2},{3,4}}"))
                .isEqualTo(list(list(number(1), number(2)), list(number(3), number(4))));
        assertThat(of("integer[]", Kind.SMALL_INTEGER, "[0:1]={5,6}"))
                .isEqualTo(list(number(5), number(6)));
        assertThat(of("bytea[]", Kind.BYTES, "{\"\\\\x01\"}")).isEqualTo(list(string("AQ==")));
        assertThat(of("jsonb[]", Kind.JSON, "{\"{\\\"a\\\": 1}\",2}"))
                .isEqualTo(list(string("{\"a\": 1}"), string("2")));
    }

    /** What ColumnText writes is what PostgreSQL would, but for quotes that it can do without. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "a", "a,b", "{", "}", "\"", "\\", "\\\"", "NULL", " ", "\n", "ż", "😀", "'"
            })
    void textsInArraysComeBackAsTheyWere(String text) {
        Column column = column("text[]", Kind.TEXT);
        List<Value> values = new ArrayList<>(List.of(string(text), NULL, string("x" + text)));
        Value list =
                Value.newBuilder()
                        .setListValue(ListValue.newBuilder().addAllValues(values))
                        .build();
        Object literal = new ColumnText(TableName.of("t"), column, "f").of(list);
        assertThat(ColumnValue.of(column, String.valueOf(literal))).isEqualTo(list);
    }
}
