package io.prism.core.spec;

import io.prism.core.condition.Conditions;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of values that options have. */
final class ValueTypes {
    private static final Duration LONGEST = Duration.ofDays(36_500);
    private static final Pattern IDENTIFIER = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,62}");
    private static final Pattern COLLECTION_FORM =
            Pattern.compile(
                    "(?<relation>[^()]+)(?:\\((?<key>\\s*"
                            + IDENTIFIER
                            + "(?:\\s*,\\s*"
                            + IDENTIFIER
                            + ")*\\s*)\\))?");
    private static final Pattern DATABASE = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_-]{0,62}");
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}");
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,63}");
    private static final Pattern BROKER =
            Pattern.compile(
                    "([a-zA-Z0-9][a-zA-Z0-9._-]{0,252}|\\[[0-9a-fA-F:]{2,45}]):([0-9]{1,5})");

    static final ValueType.Scalar<Boolean> FLAG =
            choice("flag", words("true", true, "false", false));

    static final ValueType.Scalar<String> TOPIC =
            text("topic name", TopicNames.ALLOWED, ok(TopicNames::problem));

    static final ValueType.Scalar<String> TOPIC_PREFIX =
            text("topic prefix", "what a topic name may begin with", ok(TopicNames::prefixProblem));

    static final ValueType.Scalar<String> TABLE =
            text(
                    "table name",
                    "table or schema.table, each a letter or underscore and then up to 62 letters,"
                            + " digits or underscores",
                    written -> {
                        String[] parts = written.split("\\.", -1);
                        return parts.length <= 2
                                        && Arrays.stream(parts)
                                                .allMatch(p -> IDENTIFIER.matcher(p).matches())
                                ? Parsed.of(written)
                                : Parsed.wrong("is not a table name", "");
                    });

    static final ValueType.Scalar<CollectionSpec> COLLECTION =
            new ValueType.Scalar<>(
                    "collection",
                    List.of(
                            "a table or view, as table or schema.table, and where it has no primary"
                                    + " key the columns that name a row in parentheses: totals(day)"),
                    ValueTypes::collection,
                    CollectionSpec::toString);

    static final ValueType.Scalar<String> CONDITION =
            text(
                    "condition",
                    "a column, an operator and a value, such as total>=10; the operators are "
                            + Conditions.OPERATORS,
                    written -> {
                        try {
                            var unused = Conditions.filter(List.of(written), false);
                            return Parsed.of(written);
                        } catch (IllegalArgumentException e) {
                            return Parsed.wrong("is not a condition", "");
                        }
                    });

    static final ValueType.Scalar<String> SORT =
            matching(
                    "column",
                    "a column, with a minus in front for descending",
                    Pattern.compile("-?" + IDENTIFIER));

    static final ValueType.Scalar<String> DATABASE_NAME =
            matching(
                    "database name",
                    "a letter or underscore, then up to 62 letters, digits, _ or -",
                    DATABASE);

    static final ValueType.Scalar<String> NAME =
            matching("name", "up to 63 letters, digits, _ or -", LABEL);

    static final ValueType.Scalar<String> REGION_NAME =
            matching("region", "a region such as eu-central-1", REGION);

    static final ValueType.Scalar<String> BUCKET =
            text("bucket name", StorageNames.BUCKET_ALLOWED, ok(StorageNames::bucketProblem));

    static final ValueType.Scalar<String> PREFIX =
            text("prefix", StorageNames.PREFIX_ALLOWED, StorageNames::prefix);

    static final ValueType.Scalar<String> URL =
            text("URL", "an http or https URL", ValueTypes::parseUrl);

    static final ValueType.Scalar<String> BROKER_ADDRESS =
            text(
                    "broker",
                    "host:port",
                    written -> {
                        Matcher matcher = BROKER.matcher(written);
                        if (written.contains(",")) {
                            return Parsed.wrong(
                                    "holds several brokers", "write a list: [" + written + "]");
                        }
                        return matcher.matches() && isPort(matcher.group(2))
                                ? Parsed.of(written)
                                : Parsed.wrong("is not host:port", "");
                    });

    static final ValueType.Scalar<String> HEADER =
            text("header name", HeaderNames.ALLOWED, ok(HeaderNames::problem));

    private ValueTypes() {}

    static ValueType.Scalar<DataSize> size(DataSize least, DataSize most) {
        return new ValueType.Scalar<>(
                "size",
                List.of(Units.SIZE_ALLOWED + ", from " + least + " to " + most),
                text -> Units.size(text).then(size -> within(size, least, most)),
                DataSize::toString);
    }

    static ValueType.Scalar<Duration> duration(Duration least) {
        return duration(least, LONGEST, false);
    }

    /** A time to live, where a number without a unit is seconds. */
    static ValueType.Scalar<Duration> ttl() {
        return duration(Duration.ofSeconds(1), LONGEST, true);
    }

    static ValueType.Scalar<Duration> duration(Duration least, Duration most, boolean bareSeconds) {
        return new ValueType.Scalar<>(
                "duration",
                List.of(
                        Units.DURATION_ALLOWED
                                + (bareSeconds ? ", or a number of seconds" : "")
                                + ", from "
                                + Units.show(least)
                                + " to "
                                + Units.show(most)),
                text ->
                        Units.duration(text, bareSeconds)
                                .then(
                                        duration ->
                                                duration.compareTo(least) < 0
                                                        ? Parsed.wrong(
                                                                "is shorter than "
                                                                        + Units.show(least),
                                                                "")
                                                        : duration.compareTo(most) > 0
                                                                ? Parsed.wrong(
                                                                        "is longer than "
                                                                                + Units.show(most),
                                                                        "")
                                                                : Parsed.of(duration)),
                Units::show);
    }

    static ValueType.Scalar<Integer> integer(int least, int most) {
        return new ValueType.Scalar<>(
                "number",
                List.of("a whole number from " + least + " to " + most),
                text -> {
                    if (!text.matches("[+-]?[0-9]{1,18}")) {
                        return Parsed.wrong("is not a whole number", "");
                    }
                    long number = Long.parseLong(text);
                    return number < least
                            ? Parsed.wrong("is less than " + least, "")
                            : number > most
                                    ? Parsed.wrong("is more than " + most, "")
                                    : Parsed.of((int) number);
                },
                String::valueOf);
    }

    /** A template such as {@code user:{id}}, with at least one placeholder in braces. */
    static ValueType.Scalar<String> template(String example, Pattern placeholder) {
        return text(
                "key template",
                "text with placeholders in braces, such as " + example,
                written -> KeyTemplates.parse(written, example, placeholder));
    }

    /** One of an enum's words: {@code ON_CONSUME} as {@code on_consume} or {@code on-consume}. */
    static <E extends Enum<E>> ValueType.Scalar<E> word(Class<E> type, char separator) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            words.put(constant.name().toLowerCase(Locale.ROOT).replace('_', separator), constant);
        }
        return choice("word", words);
    }

    /** One of some words, which map to values; the first word of a value is how it is shown. */
    static <T> ValueType.Scalar<T> choice(String label, Map<String, T> words) {
        List<String> allowed = List.copyOf(words.keySet());
        Map<String, T> plain = new LinkedHashMap<>();
        words.forEach((word, value) -> plain.put(plain(word), value));
        return new ValueType.Scalar<>(
                label,
                allowed,
                text ->
                        Optional.ofNullable(plain.get(plain(text)))
                                .map(Parsed::of)
                                .orElseGet(
                                        () ->
                                                Parsed.wrong(
                                                        "is not one of "
                                                                + String.join(", ", allowed),
                                                        choiceSuggestion(text, allowed))),
                value ->
                        words.entrySet().stream()
                                .filter(e -> e.getValue().equals(value))
                                .findFirst()
                                .orElseThrow()
                                .getKey());
    }

    static ValueType.Scalar<String> oneOf(String... words) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String word : words) {
            map.put(word, word);
        }
        return choice("word", map);
    }

    private static String choiceSuggestion(String text, List<String> allowed) {
        if (allowed.contains("true")) {
            switch (plain(text)) {
                case "yes", "on", "y", "1" -> {
                    return "did you mean `true`?";
                }
                case "no", "off", "n", "0" -> {
                    return "did you mean `false`?";
                }
                default -> {}
            }
        }
        return DidYouMean.suggestion(text, allowed);
    }

    private static <T extends Comparable<T>> Parsed<T> within(T value, T least, T most) {
        return value.compareTo(least) < 0
                ? Parsed.wrong("is less than " + least, "")
                : value.compareTo(most) > 0
                        ? Parsed.wrong("is more than " + most, "")
                        : Parsed.of(value);
    }

    private static Parsed<String> parseUrl(String written) {
        try {
            URI uri = new URI(written);
            boolean http =
                    "http".equalsIgnoreCase(uri.getScheme())
                            || "https".equalsIgnoreCase(uri.getScheme());
            if (!http || uri.getHost() == null) {
                return Parsed.wrong("is not an http or https URL", "");
            }
            return uri.getUserInfo() == null
                    ? Parsed.of(written)
                    : Parsed.wrong("holds credentials", "leave them out of the document");
        } catch (URISyntaxException e) {
            return Parsed.wrong("is not a URL", "");
        }
    }

    private static boolean isPort(String digits) {
        int port = Integer.parseInt(digits);
        return port >= 1 && port <= 65_535;
    }

    private static ValueType.Scalar<String> matching(
            String label, String allowed, Pattern pattern) {
        return text(
                label,
                allowed,
                written ->
                        pattern.matcher(written).matches()
                                ? Parsed.of(written)
                                : Parsed.wrong("is not a " + label, ""));
    }

    private static ValueType.Scalar<String> text(
            String label, String allowed, Function<String, Parsed<String>> parser) {
        return new ValueType.Scalar<>(label, List.of(allowed), parser, Function.identity());
    }

    private static Parsed<CollectionSpec> collection(String written) {
        Matcher matcher = COLLECTION_FORM.matcher(written);
        if (!matcher.matches()) {
            return Parsed.wrong(
                    "is not a collection",
                    written.indexOf('(') >= 0 ? "several columns: \"totals(day, shop)\"" : "");
        }
        String key = matcher.group("key");
        return switch (TABLE.parse(matcher.group("relation"))) {
            case Parsed.Value<String> relation ->
                    Parsed.of(
                            new CollectionSpec(
                                    relation.value(),
                                    key == null
                                            ? List.of()
                                            : List.of(key.strip().split("\\s*,\\s*"))));
            case Parsed.Wrong<String> wrong -> Parsed.wrong(wrong.problem(), wrong.suggestion());
        };
    }

    private static Function<String, Parsed<String>> ok(
            Function<String, Optional<String>> problemOf) {
        return written ->
                problemOf
                        .apply(written)
                        .map(problem -> Parsed.<String>wrong(problem, ""))
                        .orElseGet(() -> Parsed.of(written));
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Map<String, Boolean> words(String a, boolean isA, String b, boolean isB) {
        Map<String, Boolean> words = new LinkedHashMap<>();
        words.put(a, isA);
        words.put(b, isB);
        return words;
    }
}
