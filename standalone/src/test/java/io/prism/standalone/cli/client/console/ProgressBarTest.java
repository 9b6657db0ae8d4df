package io.prism.standalone.cli.client.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private final StringWriter text = new StringWriter();
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void showsPartRateAndTimeLeft() {
        // Given
        ProgressBar bar = bar(true, OptionalLong.of(100_000_000));

        // When
        nanos.set(1_000_000_000);
        bar.advance(25_000_000);

        // Then
        assertThat(text.toString())
                .isEqualTo(
                        "\rfetching ██████░░░░░░░░░░░░░░░░░░  25%  25.0 MB of 100 MB  25.0 MB/s"
                                + "  3.00 s left");
    }

    @Test
    void withoutATotalThereIsNoTimeLeft() {
        // Given
        ProgressBar bar = bar(true, OptionalLong.empty());

        // When
        nanos.set(2_000_000_000);
        bar.advance(1_000_000);

        // Then
        assertThat(text.toString()).isEqualTo("\rfetching  1.00 MB  500 kB/s");
    }

    @Test
    void isDrawnTenTimesASecondAtMostAndTakenAway() {
        // Given
        ProgressBar bar = bar(true, OptionalLong.of(1_000_000));

        // When
        for (int i = 0; i < 1000; i++) {
            nanos.addAndGet(1_000_000);
            bar.advance(1000);
        }
        bar.close();

        // Then
        assertThat(text.toString().split("fetching", -1)).hasSizeBetween(8, 10);
        assertThat(text.toString()).endsWith("\r");
    }

    @Test
    void shortWorkAndWorkThatNobodyWatchesShowNothing() {
        // Given
        ProgressBar unwatched = bar(false, OptionalLong.of(10));
        ProgressBar quick = bar(true, OptionalLong.of(10));

        // When
        nanos.addAndGet(200_000_000);
        quick.advance(10);
        quick.close();
        nanos.addAndGet(10_000_000_000L);
        unwatched.advance(10);
        unwatched.close();

        // Then
        assertThat(text.toString()).isEmpty();
        assertThat(unwatched.done()).isEqualTo(10);
    }

    private ProgressBar bar(boolean shown, OptionalLong total) {
        return ProgressBar.of(new PrintWriter(text), shown, "fetching", total, nanos::get);
    }
}
