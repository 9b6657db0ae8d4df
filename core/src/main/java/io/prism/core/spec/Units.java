package io.prism.core.spec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes, durations and rates as people write them. MB is 10^6 and MiB 2^20 bytes; case and a space
 * before the unit do not matter; fractions are fine as long as the result is whole.
 */
final class Units {
    static final String SIZE_ALLOWED = "a size such as 1500, 500KB, 1.5MB or 64MiB";
    static final String DURATION_ALLOWED = "a duration such as 100ms, 15m, 1h30m, 7d or 30 days";
    static final String RATE_ALLOWED = "messages a time such as 500/s, 10k msgs/s or 30000/min";

    private static final int LONGEST = 40;
    private static final String NUMBER = "([0-9]+(?:\\.[0-9]+)?)";
    private static final Pattern SIZE = Pattern.compile(NUMBER + " *([a-z]*)");
    private static final Pattern PART = Pattern.compile(NUMBER + " *([a-z]+) *");
    private static final Pattern RATE =
            Pattern.compile(
                    NUMBER
                            + " *([km]?) *(?:(?:msgs?|messages?|events?|records?) *)?(?:/|per) *"
                            + "(s|sec|second|m|min|minute|h|hour|d|day)");
    private static final BigInteger MAX_NANOS = BigInteger.valueOf(Long.MAX_VALUE);

    private static final Map<String, Long> SIZES = sizes();
    private static final Map<String, Duration> DURATIONS = durations();

    private Units() {}

    static Parsed<DataSize> size(String text) {
        return checked(text, SIZE_ALLOWED)
                .then(
                        written -> {
                            Matcher matcher = SIZE.matcher(written);
                            if (!matcher.matches()) {
                                return Parsed.wrong("is not a size", "");
                            }
                            String unit = matcher.group(2);
                            Optional<Long> factor = Optional.ofNullable(SIZES.get(unit));
                            if (factor.isEmpty()) {
                                return Parsed.wrong(
                                        "has an unknown unit `" + unit + "`",
                                        sizeSuggestion(matcher.group(1), unit));
                            }
                            return whole(matcher.group(1), factor.get(), "a byte")
                                    .then(bytes -> Parsed.of(new DataSize(bytes)));
                        });
    }

    /**
     * @param bareSeconds whether a number without a unit is a number of seconds
     */
    static Parsed<Duration> duration(String text, boolean bareSeconds) {
        return checked(text, DURATION_ALLOWED).then(written -> parseDuration(written, bareSeconds));
    }

    private static Parsed<Duration> parseDuration(String written, boolean bareSeconds) {
        if (written.matches("[0-9]+(\\.[0-9]+)?")) {
            return bareSeconds
                    ? parseDuration(written + "s", false)
                    : Parsed.wrong("has no unit", "write " + written + "ms or " + written + "s");
        }
        Matcher part = PART.matcher(written);
        BigInteger total = BigInteger.ZERO;
        Duration before = Duration.ofSeconds(Long.MAX_VALUE);
        int end = 0;
        while (end < written.length()) {
            if (!part.find(end) || part.start() != end) {
                return Parsed.wrong("is not a duration", "");
            }
            String unit = part.group(2);
            Optional<Duration> length = Optional.ofNullable(DURATIONS.get(unit));
            if (length.isEmpty()) {
                return Parsed.wrong(
                        "has an unknown unit `" + unit + "`",
                        unit.startsWith("mo") || unit.startsWith("y")
                                ? "write it in days"
                                : DidYouMean.suggestion(unit, DURATIONS.keySet()));
            }
            if (length.get().compareTo(before) >= 0) {
                return Parsed.wrong("has its units out of order", "write the longest unit first");
            }
            before = length.get();
            Parsed<Long> nanos = whole(part.group(1), length.get().toNanos(), "a nanosecond");
            if (nanos instanceof Parsed.Wrong<Long> wrong) {
                return Parsed.wrong(wrong.problem(), wrong.suggestion());
            }
            total = total.add(BigInteger.valueOf(nanos.asOptional().orElseThrow()));
            end = part.end();
        }
        return total.compareTo(MAX_NANOS) > 0
                ? Parsed.wrong("is too large", "")
                : Parsed.of(Duration.ofNanos(total.longValueExact()));
    }

    /** Messages a second, rounded up. */
    static Parsed<Long> rate(String text) {
        return checked(text, RATE_ALLOWED)
                .then(
                        written -> {
                            Matcher matcher = RATE.matcher(written);
                            if (!matcher.matches()) {
                                return Parsed.wrong(
                                        "is not a rate of messages",
                                        written.matches("[0-9]+(\\.[0-9]+)?[km]?")
                                                ? "write " + written + "/s"
                                                : "");
                            }
                            long factor =
                                    switch (matcher.group(2)) {
                                        case "k" -> 1_000;
                                        case "m" -> 1_000_000;
                                        default -> 1;
                                    };
                            long seconds =
                                    switch (matcher.group(3).charAt(0)) {
                                        case 'm' -> 60;
                                        case 'h' -> 3_600;
                                        case 'd' -> 86_400;
                                        default -> 1;
                                    };
                            BigInteger rate =
                                    new BigDecimal(matcher.group(1))
                                            .multiply(BigDecimal.valueOf(factor))
                                            .divide(
                                                    BigDecimal.valueOf(seconds),
                                                    0,
                                                    RoundingMode.CEILING)
                                            .toBigInteger();
                            return rate.bitLength() > 62
                                    ? Parsed.wrong("is too large", "")
                                    : Parsed.of(rate.longValueExact());
                        });
    }

    /** The reverse of {@link #duration}: {@code 1h30m}, {@code 7d}, {@code 100ms}. */
    static String show(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        StringBuilder shown = new StringBuilder();
        long rest = duration.toNanos();
        for (String unit : new String[] {"d", "h", "m", "s", "ms", "us", "ns"}) {
            long length = Objects.requireNonNull(DURATIONS.get(unit)).toNanos();
            if (rest >= length) {
                shown.append(rest / length).append(unit);
                rest %= length;
            }
        }
        return shown.toString();
    }

    private static Parsed<String> checked(String text, String allowed) {
        String written = text.strip().toLowerCase(Locale.ROOT);
        if (written.isEmpty()) {
            return Parsed.wrong("is empty", "write " + allowed);
        }
        if (written.length() > LONGEST) {
            return Parsed.wrong("is too long", "write " + allowed);
        }
        if (written.startsWith("-")) {
            return Parsed.wrong("is negative", "");
        }
        return Parsed.of(written);
    }

    private static Parsed<Long> whole(String number, long factor, String smallest) {
        BigDecimal product = new BigDecimal(number).multiply(BigDecimal.valueOf(factor));
        if (product.stripTrailingZeros().scale() > 0) {
            return Parsed.wrong("is not a whole number of units: it cuts " + smallest, "");
        }
        return product.toBigInteger().bitLength() > 63
                ? Parsed.wrong("is too large", "")
                : Parsed.of(product.longValueExact());
    }

    private static String sizeSuggestion(String number, String unit) {
        return switch (unit) {
            case "k", "m", "g", "t" -> {
                String letter = unit.toUpperCase(Locale.ROOT);
                yield "write " + number + letter + "B (decimal) or " + number + letter + "iB";
            }
            default ->
                    DidYouMean.nearest(unit, SIZES.keySet())
                            .map(u -> "did you mean `" + number + u.toUpperCase(Locale.ROOT) + "`?")
                            .orElse("");
        };
    }

    private static Map<String, Long> sizes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        sizes.put("", 1L);
        sizes.put("b", 1L);
        sizes.put("byte", 1L);
        sizes.put("bytes", 1L);
        long decimal = 1;
        long binary = 1;
        for (String letter : new String[] {"k", "m", "g", "t", "p"}) {
            decimal *= 1000;
            binary *= 1024;
            sizes.put(letter + "b", decimal);
            sizes.put(letter + "ib", binary);
        }
        return sizes;
    }

    private static Map<String, Duration> durations() {
        Map<String, Duration> durations = new LinkedHashMap<>();
        name(durations, Duration.ofNanos(1), "ns");
        name(durations, Duration.ofNanos(1_000), "us");
        name(durations, Duration.ofMillis(1), "ms", "millis", "millisecond", "milliseconds");
        name(durations, Duration.ofSeconds(1), "s", "sec", "secs", "second", "seconds");
        name(durations, Duration.ofMinutes(1), "m", "min", "mins", "minute", "minutes");
        name(durations, Duration.ofHours(1), "h", "hr", "hrs", "hour", "hours");
        name(durations, Duration.ofDays(1), "d", "day", "days");
        name(durations, Duration.ofDays(7), "w", "week", "weeks");
        return durations;
    }

    private static void name(Map<String, Duration> durations, Duration length, String... names) {
        for (String name : names) {
            durations.put(name, length);
        }
    }
}
