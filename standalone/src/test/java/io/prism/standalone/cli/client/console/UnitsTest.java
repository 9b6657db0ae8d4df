package io.prism.standalone.cli.client.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "500, 500",
        "1B, 1",
        "10MB, 10000000",
        "64 KiB, 65536",
        "1.5GiB, 1610612736",
        "5gb, 5000000000",
        "0, 0"
    })
    void decimalAndBinarySizesAreToldApart(String text, long bytes) {
        assertThat(Units.size(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "500ms, 500",
        "30s, 30000",
        "15m, 900000",
        "2h, 7200000",
        "7d, 604800000",
        "3, 3000"
    })
    void aBareDurationIsSeconds(String text, long millis) {
        assertThat(Units.duration(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1XB", "MB", "1e3", "99999999999TB", "1 2"})
    void whatIsNotASizeIsNamedWithWhatIs(String text) {
        assertThatThrownBy(() -> Units.size(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "' is not a size such as");
    }

    @Test
    void sizesAreShownWithThreeDigits() {
        assertThat(Units.humanBytes(0)).isEqualTo("0 B");
        assertThat(Units.humanBytes(999)).isEqualTo("999 B");
        assertThat(Units.humanBytes(1000)).isEqualTo("1.00 kB");
        assertThat(Units.humanBytes(10_000_000)).isEqualTo("10.0 MB");
        assertThat(Units.humanBytes(999_999)).isEqualTo("1.00 MB");
        assertThat(Units.humanBytes(5_000_000_000L)).isEqualTo("5.00 GB");
    }

    @Test
    void durationsAreShownInTheUnitsThatMatter() {
        assertThat(Units.human(Duration.ofMillis(420))).isEqualTo("0.42 s");
        assertThat(Units.human(Duration.ofSeconds(185))).isEqualTo("3 min 05 s");
        assertThat(Units.human(Duration.ofMinutes(130))).isEqualTo("2 h 10 min");
    }
}
