package io.prism.core.spec;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The options of {@code cache}. */
final class CacheOptions {
    private static final Option<PatternSpec.Cache.Strategy> STRATEGY =
            Option.of(
                            "strategy",
                            ValueTypes.word(PatternSpec.Cache.Strategy.class, '-'),
                            "look-aside fills the cache on a miss, write-through on a write.",
                            "write-through")
                    .defaults("look-aside");
    private static final Option<String> BACKEND =
            Option.of("backend", ValueTypes.oneOf("redis"), "Where cached rows live.", "redis")
                    .defaults("redis");
    private static final Option<Duration> TTL =
            Option.of(
                            "ttl",
                            ValueTypes.ttl(),
                            "The longest a row is served without asking the database; a bare number"
                                    + " is seconds.",
                            "900")
                    .defaults("15m");
    private static final Option<String> KEY_PATTERN =
            Option.of(
                            "key_pattern",
                            ValueTypes.template(
                                    "user:{id}:profile", Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*")),
                            "The cache's key of a row, with the row's columns in braces.",
                            "\"user:{id}:profile\"")
                    .otherwise("made of the namespace, the collection and the id");
    private static final Option<Duration> NEGATIVE_TTL =
            Option.of(
                            "negative_ttl",
                            ValueTypes.ttl(),
                            "How long it is remembered that a row does not exist.",
                            "30s")
                    .otherwise("misses are not remembered");
    private static final Option<DataSize> MAX_ITEM_SIZE =
            Option.of(
                            "max_item_size",
                            ValueTypes.size(new DataSize(1), DataSize.ofMebibytes(512)),
                            "Larger rows are not cached.",
                            "1MB")
                    .otherwise("any size");

    private static final Option<String> WARM_UP =
            Option.of(
                            "warm_up.collection",
                            ValueTypes.TABLE,
                            "The collection whose rows a gateway reads into the cache, in the"
                                    + " background, when it begins to serve the namespace.",
                            "user_profiles")
                    .otherwise("rows are read when they are asked for");
    private static final Option<List<String>> WARM_UP_WHERE =
            Option.<List<String>>of(
                            "warm_up.where",
                            new ValueType.Many<>(ValueTypes.CONDITION),
                            "Conditions that all hold of those rows, as `prism read query --where`"
                                    + " takes them.",
                            "[\"status=active\"]")
                    .otherwise("any row");
    private static final Option<List<String>> WARM_UP_SORT =
            Option.<List<String>>of(
                            "warm_up.sort",
                            new ValueType.Many<>(ValueTypes.SORT),
                            "Which rows come first: columns, with a minus in front for"
                                    + " descending.",
                            "[-last_seen]")
                    .otherwise("the order of the key");
    private static final Option<Integer> WARM_UP_ROWS =
            Option.of(
                            "warm_up.rows",
                            ValueTypes.integer(1, 1_000_000),
                            "How many rows at most.",
                            "1000")
                    .otherwise("10000");
    private static final Option<Duration> WARM_UP_TIMEOUT =
            Option.of(
                            "warm_up.timeout",
                            ValueTypes.duration(
                                    Duration.ofSeconds(1), Duration.ofMinutes(10), true),
                            "How long it may take; rows that are not read by then are read when"
                                    + " they are asked for.",
                            "30s")
                    .otherwise("1m");

    private static final int ROWS = 10_000;
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    static final List<Option<?>> ALL =
            List.of(
                    STRATEGY,
                    BACKEND,
                    TTL,
                    KEY_PATTERN,
                    NEGATIVE_TTL,
                    MAX_ITEM_SIZE,
                    WARM_UP,
                    WARM_UP_WHERE,
                    WARM_UP_SORT,
                    WARM_UP_ROWS,
                    WARM_UP_TIMEOUT);

    /** A text in place of {@code warm_up} is the collection. */
    static final Map<String, String> SHORTHANDS = Map.of("warm_up", WARM_UP.name());

    private CacheOptions() {}

    static Optional<PatternSpec> spec(OptionValues values, PatternContext context) {
        if (!values.has(WARM_UP)
                && Stream.of(WARM_UP_WHERE, WARM_UP_SORT, WARM_UP_ROWS, WARM_UP_TIMEOUT)
                        .anyMatch(values::has)) {
            context.problems()
                    .missing(
                            values.at(),
                            WARM_UP.name(),
                            "warm_up must know which rows to read: `"
                                    + WARM_UP.name()
                                    + "` is missing",
                            WARM_UP.type().allowed(),
                            "add it under warm_up, such as collection: " + WARM_UP.example());
            return Optional.empty();
        }
        return Optional.of(
                new PatternSpec.Cache(
                        values.get(STRATEGY),
                        values.get(BACKEND),
                        values.find(TTL),
                        values.find(KEY_PATTERN),
                        values.find(NEGATIVE_TTL),
                        values.find(MAX_ITEM_SIZE),
                        values.find(WARM_UP).map(collection -> warmUp(collection, values))));
    }

    private static PatternSpec.Cache.WarmUp warmUp(String collection, OptionValues values) {
        return new PatternSpec.Cache.WarmUp(
                collection,
                values.find(WARM_UP_WHERE).orElse(List.of()),
                values.find(WARM_UP_SORT).orElse(List.of()),
                values.find(WARM_UP_ROWS).orElse(ROWS),
                values.find(WARM_UP_TIMEOUT).orElse(TIMEOUT));
    }
}
