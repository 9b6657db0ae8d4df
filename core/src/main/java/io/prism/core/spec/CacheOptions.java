package io.prism.core.spec;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

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

    static final List<Option<?>> ALL =
            List.of(STRATEGY, BACKEND, TTL, KEY_PATTERN, NEGATIVE_TTL, MAX_ITEM_SIZE);

    private CacheOptions() {}

    static Optional<PatternSpec> spec(OptionValues values, PatternContext context) {
        return Optional.of(
                new PatternSpec.Cache(
                        values.get(STRATEGY),
                        values.get(BACKEND),
                        values.find(TTL),
                        values.find(KEY_PATTERN),
                        values.find(NEGATIVE_TTL),
                        values.find(MAX_ITEM_SIZE)));
    }
}
