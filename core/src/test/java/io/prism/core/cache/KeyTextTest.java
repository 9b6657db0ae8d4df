package io.prism.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class KeyTextTest {
    static java.util.stream.Stream<Arguments> values() {
        return java.util.stream.Stream.of(
                Arguments.of("int8", 42L, "42"),
                Arguments.of("bigint", "0042", "42"),
                Arguments.of("bigint", 42.0, "42"),
                Arguments.of("bigint", "-0", "0"),
                Arguments.of("bigint", "9223372036854775807", "9223372036854775807"),
                Arguments.of("bigint", "4.5", null),
                Arguments.of("numeric", "1.50", "1.5"),
                Arguments.of("numeric", new BigDecimal("1E+3"), "1000"),
                Arguments.of("numeric", "0.00", "0"),
                Arguments.of("numeric", Double.NaN, null),
                Arguments.of("text", " A b", " A b"),
                Arguments.of("text", 5, null),
                Arguments.of(
                        "uuid",
                        "0190A6B1-7E2F-7000-8000-00000000ABCD",
                        "0190a6b1-7e2f-7000-8000-00000000abcd"),
                Arguments.of(
                        "uuid",
                        UUID.fromString("0190a6b1-7e2f-7000-8000-00000000abcd"),
                        "0190a6b1-7e2f-7000-8000-00000000abcd"),
                Arguments.of("uuid", "abc", null),
                Arguments.of("bool", true, "true"),
                Arguments.of("boolean", "f", "false"),
                Arguments.of("date", 20_779, "2026-11-22"),
                Arguments.of("date", "2026-11-22Z", "2026-11-22"),
                Arguments.of("date", "tomorrow", null),
                Arguments.of("timestamptz", "2026-11-22T00:00:00Z", null),
                Arguments.of("float8", 1.5, null),
                Arguments.of("int4", null, null));
    }

    @ParameterizedTest
    @MethodSource("values")
    void a_value_has_one_text(String type, Object value, String text) {
        assertThat(KeyText.of(type, value)).isEqualTo(Optional.ofNullable(text));
    }

    static java.util.stream.Stream<Arguments> json() {
        return java.util.stream.Stream.of(
                Arguments.of(42, "42"),
                Arguments.of(42L, "42"),
                Arguments.of(new BigInteger("42"), "42"),
                Arguments.of("x", "x"),
                Arguments.of(true, "true"),
                Arguments.of(1.5, null),
                Arguments.of(null, null));
    }

    @ParameterizedTest
    @MethodSource("json")
    void json_has_the_same_texts(Object value, String text) {
        assertThat(KeyText.ofJson(value)).isEqualTo(Optional.ofNullable(text));
    }
}
