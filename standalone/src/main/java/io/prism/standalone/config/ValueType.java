package io.prism.standalone.config;

import io.prism.core.cache.RedisUrl;
import io.prism.core.database.DatabaseUrl;
import io.prism.core.spec.DataSize;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a setting's text is read.
 *
 * @param name for people
 * @param parser throws IllegalArgumentException whose message says what is expected
 */
public record ValueType<T>(String name, Function<String, T> parser) {
    private static final Pattern QUANTITY = Pattern.compile("([0-9]{1,15})\\s*([A-Za-z]*)");
    private static final List<String> LEVELS = List.of("ERROR", "WARN", "INFO", "DEBUG", "TRACE");
    private static final Map<String, Duration> TIME =
            Map.of(
                    "ms", Duration.ofMillis(1),
                    "s", Duration.ofSeconds(1),
                    "", Duration.ofSeconds(1),
                    "m", Duration.ofMinutes(1),
                    "h", Duration.ofHours(1),
                    "d", Duration.ofDays(1));
    private static final Map<String, Long> SIZE =
            Map.of(
                    "",
                    1L,
                    "b",
                    1L,
                    "kb",
                    1_000L,
                    "mb",
                    1_000_000L,
                    "gb",
                    1_000_000_000L,
                    "kib",
                    1L << 10,
                    "mib",
                    1L << 20,
                    "gib",
                    1L << 30);

    public static final ValueType<String> TEXT = new ValueType<>("text", ValueType::text);
    public static final ValueType<Integer> PORT = new ValueType<>("port", ValueType::port);
    public static final ValueType<Duration> DURATION =
            new ValueType<>("duration", ValueType::duration);
    public static final ValueType<DataSize> DATA_SIZE = new ValueType<>("size", ValueType::size);
    public static final ValueType<Boolean> BOOLEAN = new ValueType<>("boolean", ValueType::bool);
    public static final ValueType<URI> HTTP_URL = new ValueType<>("URL", ValueType::url);
    public static final ValueType<String> BROKERS =
            new ValueType<>("host:port list", ValueType::brokers);
    public static final ValueType<String> LEVEL = new ValueType<>("log level", ValueType::level);

    public static final ValueType<DatabaseUrl> DATABASE_URL =
            new ValueType<>("database URL", DatabaseUrl::parse);

    public static final ValueType<RedisUrl> REDIS_URL =
            new ValueType<>("Redis URL", RedisUrl::parse);

    public static final ValueType<Path> FOLDER = new ValueType<>("folder", ValueType::folder);

    /** Some of the names, parted by commas. */
    static ValueType<List<String>> someOf(List<String> names) {
        return new ValueType<>(
                "list of " + String.join(", ", names),
                text -> {
                    List<String> given =
                            Arrays.stream(text.split(",", -1)).map(String::strip).toList();
                    if (!names.containsAll(given)
                            || given.stream().distinct().count() < given.size()) {
                        throw new IllegalArgumentException(
                                "one or more of " + String.join(", ", names) + ", each once");
                    }
                    return given;
                });
    }

    private static Path folder(String text) {
        try {
            return Path.of(text(text));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("the path of a folder", e);
        }
    }

    private static String text(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("some text, and it is empty");
        }
        return text.strip();
    }

    private static int port(String text) {
        if (!text.strip().matches("[0-9]{1,5}") || Integer.parseInt(text.strip()) > 65535) {
            throw new IllegalArgumentException("a port, 1 to 65535, or 0 for any free one");
        }
        return Integer.parseInt(text.strip());
    }

    private static Duration duration(String text) {
        Matcher matcher = QUANTITY.matcher(text.strip());
        Duration unit = matcher.matches() ? TIME.get(matcher.group(2)) : null;
        if (unit == null || matcher.group(1).length() > 9) {
            throw new IllegalArgumentException("a duration such as 500ms, 30s, 5m, 2h or 7d");
        }
        return unit.multipliedBy(Long.parseLong(matcher.group(1)));
    }

    private static DataSize size(String text) {
        Matcher matcher = QUANTITY.matcher(text.strip());
        Long unit = matcher.matches() ? SIZE.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null || matcher.group(1).length() > 9) {
            throw new IllegalArgumentException("a size such as 8MiB, 64MB or 1GiB");
        }
        return new DataSize(unit * Long.parseLong(matcher.group(1)));
    }

    private static boolean bool(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw new IllegalArgumentException("true or false");
        };
    }

    private static URI url(String text) {
        try {
            URI url = URI.create(text.strip());
            if (url.getHost() != null && List.of("http", "https").contains(url.getScheme())) {
                return url;
            }
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(expectedUrl(), malformed);
        }
        throw new IllegalArgumentException(expectedUrl());
    }

    private static String expectedUrl() {
        return "a URL such as http://127.0.0.1:9000";
    }

    private static String brokers(String text) {
        String stripped = text.strip();
        if (!stripped.matches("[^\\s,:/]+:[0-9]{1,5}(\\s*,\\s*[^\\s,:/]+:[0-9]{1,5})*")) {
            throw new IllegalArgumentException("host:port, several parted by commas");
        }
        return stripped.replaceAll("\\s", "");
    }

    private static String level(String text) {
        String level = text.strip().toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(level)) {
            throw new IllegalArgumentException("one of " + String.join(", ", LEVELS));
        }
        return level;
    }
}
