package io.prism.standalone.cli.client.console;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes and durations on the command line, with the units namespace documents use. */
public final class Units {
    private static final Pattern QUANTITY = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*)");
    private static final Map<String, Long> SIZES =
            Map.ofEntries(
                    Map.entry("", 1L),
                    Map.entry("b", 1L),
                    Map.entry("kb", 1_000L),
                    Map.entry("mb", 1_000_000L),
                    Map.entry("gb", 1_000_000_000L),
                    Map.entry("tb", 1_000_000_000_000L),
                    Map.entry("kib", 1L << 10),
                    Map.entry("mib", 1L << 20),
                    Map.entry("gib", 1L << 30),
                    Map.entry("tib", 1L << 40));
    private static final Map<String, Long> MILLIS =
            Map.ofEntries(
                    Map.entry("ms", 1L),
                    Map.entry("", 1_000L),
                    Map.entry("s", 1_000L),
                    Map.entry("m", 60_000L),
                    Map.entry("h", 3_600_000L),
                    Map.entry("d", 86_400_000L));

    private Units() {}

    /**
     * Bytes; MB = 10^6, MiB = 2^20, a bare number is bytes.
     *
     * @throws IllegalArgumentException saying what is allowed
     */
    public static long size(String text) {
        return quantity(text, SIZES, "a size such as 500, 64KiB, 10MB or 1.5GiB");
    }

    /**
     * A bare number is seconds.
     *
     * @throws IllegalArgumentException saying what is allowed
     */
    public static Duration duration(String text) {
        return Duration.ofMillis(
                quantity(text, MILLIS, "a duration such as 500ms, 30s, 15m, 2h or 7d"));
    }

    private static long quantity(String text, Map<String, Long> units, String expected) {
        Matcher matcher = QUANTITY.matcher(text.strip());
        if (matcher.matches()) {
            Long unit = units.get(matcher.group(2).toLowerCase(Locale.ROOT));
            if (unit != null) {
                BigDecimal value =
                        new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
                if (value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
                    return value.longValue();
                }
            }
        }
        throw new IllegalArgumentException("'" + text + "' is not " + expected);
    }

    /** As the gRPC contract has it. */
    public static com.google.protobuf.Duration proto(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.toSeconds())
                .setNanos(duration.toNanosPart())
                .build();
    }

    /** For people: three digits and a decimal unit, such as {@code 9.54 MB}. */
    public static String humanBytes(long bytes) {
        return decimal((double) bytes);
    }

    /** For people: {@code 95.4 MB/s}. */
    public static String humanRate(long bytes, Duration elapsed) {
        return decimal(bytes / Math.max(0.001, elapsed.toNanos() / 1e9)) + "/s";
    }

    private static String decimal(double bytes) {
        String[] units = {"B", "kB", "MB", "GB", "TB", "PB"};
        int unit = 0;
        double value = bytes;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f %s", value, units[unit]);
    }

    /** For people: {@code 0.42 s}, {@code 3 min 05 s}, {@code 2 h 10 min}. */
    public static String human(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
        }
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
        }
        return String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds / 60 % 60);
    }

    /** An option that is a number of bytes. */
    public static final class SizeConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            return converted(() -> size(value));
        }
    }

    /** An option that is a duration. */
    public static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            return converted(() -> duration(value));
        }
    }

    private static <T> T converted(java.util.function.Supplier<T> parse) {
        try {
            return parse.get();
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
