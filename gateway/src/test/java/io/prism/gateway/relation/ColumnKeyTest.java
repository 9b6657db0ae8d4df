package io.prism.gateway.relation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnKeyTest {
    private static Column column(String type, Column.Kind kind) {
        return new Column("id", type, kind, false, false, true);
    }

    @ParameterizedTest
    @CsvSource({
        "bigint, BIG_INTEGER, 007, 7",
        "bigint, BIG_INTEGER, ' +7 ', 7",
        "bigint, BIG_INTEGER, -0, 0",
        "integer, SMALL_INTEGER, 12, 12",
        "numeric, DECIMAL, 1.50, 1.5",
        "numeric, DECIMAL, 100, 100",
        "numeric, DECIMAL, 0.00, 0",
        "text, TEXT, ' a B', ' a B'",
        "character varying, TEXT, x, x",
        "boolean, FLAG, true, true",
        "uuid, OTHER, 3F2504E0-4F89-11D3-9A0C-0305E82C3301, 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "date, OTHER, 2026-01-31, 2026-01-31"
    })
    void aValueHasOneTextHoweverItIsWritten(
            String type, Column.Kind kind, String given, String text) {
        assertThat(column(type, kind).keyText(given)).contains(text);
    }

    @ParameterizedTest
    @CsvSource({
        "numeric, DECIMAL, 1e3",
        "numeric, DECIMAL, NaN",
        "citext, TEXT, x",
        "bpchar, TEXT, x",
        "double precision, FLOAT, 1.5",
        "uuid, OTHER, {3f2504e0-4f89-11d3-9a0c-0305e82c3301}",
        "date, OTHER, 31.1.2026",
        "inet, OTHER, 10.0.0.1",
        "jsonb, JSON, 1"
    })
    void whatMayBeWrittenInManyWaysHasNone(String type, Column.Kind kind, String given) {
        assertThat(column(type, kind).keyText(given)).isEmpty();
    }

    @Test
    void textsThatOnlyTheDatabaseTakesForEqualHaveNone() {
        assertThat(
                        new Column("id", "text", Column.Kind.TEXT, false, false, true, false)
                                .keyText("ABC"))
                .isEmpty();
    }

    @Test
    void bytesAndListsHaveNone() {
        assertThat(column("bytea", Column.Kind.BYTES).keyText(new byte[] {1})).isEmpty();
        assertThat(new Column("id", "text[]", Column.Kind.TEXT, true, false, true).keyText("{a}"))
                .isEmpty();
    }
}
