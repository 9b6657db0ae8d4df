package io.prism.standalone.cli.client.subscribe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.v1.StartPosition;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartPositionsTest {
    private static final Instant NOW = Instant.parse("2026-01-31T08:00:00Z");
    private final StartPositions positions =
            new StartPositions(Clock.fixed(NOW, ZoneOffset.UTC), ZoneId.of("Europe/Berlin"));

    @Test
    void theEndsOfTheLogHaveNames() {
        assertThat(positions.parse("earliest").hasEarliest()).isTrue();
        assertThat(positions.parse("LATEST").hasLatest()).isTrue();
    }

    @Test
    void digitsAreAnOffset() {
        assertThat(positions.parse("42").getOffset()).isEqualTo(42);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-30T10:00:00Z, 2026-01-30T10:00:00Z",
        "2026-01-30T10:00:00+02:00, 2026-01-30T08:00:00Z",
        "2026-01-30T10:00, 2026-01-30T09:00:00Z",
        "2026-01-30, 2026-01-29T23:00:00Z",
        "15m, 2026-01-31T07:45:00Z"
    })
    void aTimeIsATimeAndADurationThatLongAgo(String text, Instant expected) {
        StartPosition position = positions.parse(text);
        assertThat(Instant.ofEpochSecond(position.getTime().getSeconds())).isEqualTo(expected);
    }

    @Test
    void anythingElseIsRefusedWithWhatIsAllowed() {
        assertThatThrownBy(() -> positions.parse("yesterday"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'yesterday' is not a place to begin")
                .hasMessageContaining("earliest");
    }
}
