package io.prism.gateway.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {
    @ParameterizedTest
    @ValueSource(strings = {"pg:0/0", "pg:0/16B3748", "pg:1/0", "pg:FFFFFFFF/FFFFFFFF"})
    void textAndNumberAreTheSame(String text) {
        assertThat(Position.text(Position.asked(text).orElseThrow())).isEqualTo(text);
    }

    @Test
    void positionsCompareUnsigned() {
        long high = Position.asked("pg:FFFFFFFF/0").orElseThrow();
        assertThat(Position.reaches(high, OptionalLong.of(Position.parse("7/0")))).isTrue();
        assertThat(Position.reaches(Position.parse("7/0"), OptionalLong.of(high))).isFalse();
        assertThat(Position.reaches(5, OptionalLong.of(5))).isTrue();
        assertThat(Position.reaches(0, OptionalLong.empty())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka:0:17",
                "0/16B3748",
                "pg:",
                "pg:0/123456789",
                "pg:0/1; SELECT 1",
                "pg:x/1"
            })
    void whatIsNoPositionIsRefused(String text) {
        assertThatThrownBy(() -> Position.asked(text))
                .isInstanceOfSatisfying(
                        PrismException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.POSITION_INVALID));
    }
}
