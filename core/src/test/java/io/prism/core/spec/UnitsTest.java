package io.prism.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1500, 1500",
        "1500B, 1500",
        "1MB, 1000000",
        "1mb, 1000000",
        "1 MB, 1000000",
        "1.5MB, 1500000",
        "1MiB, 1048576",
        "64 mib, 67108864",
        "0.5KiB, 512",
        "5GB, 5000000000",
        "2TB, 2000000000000",
        "1PiB, 1125899906842624",
        "7 bytes, 7",
        "9223372036854775807, 9223372036854775807",
    })
    void sizes_are_read(String text, long bytes) {
        assertThat(Units.size(text).asOptional()).contains(new DataSize(bytes));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "MB",
                "-1",
                "-1MB",
                "+1",
                "1XB",
                "1 M B",
                "NaN",
                "Infinity",
                "1e6",
                "0x10",
                "1,5MB",
                "1.",
                ".5MB",
                "0.5",
                "0.0001KB",
                "9223372036854775808",
                "9999999PB",
                "99999999999999999999999999999999999999999999999MB",
                "1M",
                "1_000",
                "one",
                "1MB2KB"
            })
    void what_is_no_size_is_refused(String text) {
        assertThat(Units.size(text)).isInstanceOf(Parsed.Wrong.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1M, write 1MB (decimal) or 1MiB",
        "10GBs, did you mean `10GB`?",
        "3kbb, did you mean `3KB`?",
    })
    void a_size_nearly_right_is_corrected(String text, String suggestion) {
        assertThat(((Parsed.Wrong<DataSize>) Units.size(text)).suggestion()).isEqualTo(suggestion);
    }

    @ParameterizedTest
    @CsvSource({
        "100ms, PT0.1S",
        "15m, PT15M",
        "15 min, PT15M",
        "7d, PT168H",
        "30 days, PT720H",
        "30 Days, PT720H",
        "1h30m, PT1H30M",
        "1h 30m, PT1H30M",
        "1.5h, PT1H30M",
        "2w, PT336H",
        "1 day, PT24H",
        "0s, PT0S",
        "1us, PT0.000001S",
    })
    void durations_are_read(String text, Duration duration) {
        assertThat(Units.duration(text, false).asOptional()).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "100",
                "-5s",
                "5 parsecs",
                "1y",
                "1 month",
                "30m1h",
                "1h1h",
                "h",
                "1h30",
                "PT5M",
                "1.5ns",
                "300 000 d",
                "999999999999999999d",
                "NaN",
                "1..5s",
                "5s!",
                "1000000000000w"
            })
    void what_is_no_duration_is_refused(String text) {
        assertThat(Units.duration(text, false)).isInstanceOf(Parsed.Wrong.class);
    }

    @ParameterizedTest
    @CsvSource({"604800, PT168H", "900, PT15M", "0.5, PT0.5S"})
    void a_bare_time_to_live_is_seconds(String text, Duration duration) {
        assertThat(Units.duration(text, true).asOptional()).contains(duration);
    }

    @ParameterizedTest
    @CsvSource({
        "10k msgs/s, 10000",
        "10000/s, 10000",
        "10 K MSGS/S, 10000",
        "1.5k/s, 1500",
        "1M messages/sec, 1000000",
        "500 msg / s, 500",
        "30000/min, 500",
        "1/h, 1",
        "100 per second, 100",
        "86401/day, 2",
    })
    void rates_are_read_and_rounded_up(String text, long rate) {
        assertThat(Units.rate(text).asOptional()).contains(rate);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10000",
                "10k",
                "-1/s",
                "10MB/s",
                "fast",
                "1e9/s",
                "/s",
                "10/s/s",
                "10 rps",
                "99999999999999999999999999M/s"
            })
    void what_is_no_rate_is_refused(String text) {
        assertThat(Units.rate(text)).isInstanceOf(Parsed.Wrong.class);
    }

    @Property
    void a_size_reads_back_from_how_it_is_shown(@ForAll @LongRange(min = 0) long bytes) {
        DataSize size = new DataSize(bytes);
        assertThat(Units.size(size.toString()).asOptional()).contains(size);
    }

    @Property
    void a_duration_reads_back_from_how_it_is_shown(@ForAll @LongRange(min = 0) long nanos) {
        Duration duration = Duration.ofNanos(nanos);
        assertThat(Units.duration(Units.show(duration), false).asOptional()).contains(duration);
    }
}
