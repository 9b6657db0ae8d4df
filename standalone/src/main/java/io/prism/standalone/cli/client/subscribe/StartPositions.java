package io.prism.standalone.cli.client.subscribe;

import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import io.prism.standalone.cli.client.console.Units;
import io.prism.v1.StartPosition;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Where a subscription begins, as it is written on a command line. */
public final class StartPositions {
    private static final String EXPECTED =
            "earliest, latest, an offset (42), a time (2026-01-31T08:00:00Z, 2026-01-31T08:00 or"
                    + " 2026-01-31, in your time zone) or how long ago (15m)";

    private final Clock clock;
    private final ZoneId zone;

    /**
     * @param zone of times without one
     */
    public StartPositions(Clock clock, ZoneId zone) {
        this.clock = clock;
        this.zone = zone;
    }

    /**
     * Digits alone are an offset, a duration with a unit is that long ago.
     *
     * @throws IllegalArgumentException saying what is allowed
     */
    public StartPosition parse(String text) {
        String value = text.strip();
        StartPosition.Builder position = StartPosition.newBuilder();
        switch (value.toLowerCase(Locale.ROOT)) {
            case "earliest" -> position.setEarliest(Empty.getDefaultInstance());
            case "latest" -> position.setLatest(Empty.getDefaultInstance());
            default -> {
                if (value.matches("\\d{1,18}")) {
                    position.setOffset(Long.parseLong(value));
                } else {
                    position.setTime(timestamp(instant(value)));
                }
            }
        }
        return position.build();
    }

    private Instant instant(String value) {
        List<Function<String, Instant>> readings =
                List.of(
                        text -> OffsetDateTime.parse(text).toInstant(),
                        text -> LocalDateTime.parse(text).atZone(zone).toInstant(),
                        text -> LocalDate.parse(text).atStartOfDay(zone).toInstant(),
                        text -> clock.instant().minus(Units.duration(text)));
        return readings.stream()
                .flatMap(reading -> attempt(reading, value).stream())
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "'" + value + "' is not a place to begin: " + EXPECTED));
    }

    private static Optional<Instant> attempt(Function<String, Instant> reading, String value) {
        try {
            return Optional.of(reading.apply(value));
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
