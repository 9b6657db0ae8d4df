package io.prism.core.spec;

import io.prism.core.spec.PatternSpec.Cleanup;
import io.prism.core.spec.PatternSpec.Compression;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options of {@code claim-check}. */
final class ClaimCheckOptions {
    static final DataSize DEFAULT_THRESHOLD = new DataSize(1_000_000);
    private static final DataSize MOST = DataSize.ofMebibytes(64);
    private static final Duration DEFAULT_TTL = Duration.ofDays(7);

    static final Option<DataSize> THRESHOLD =
            Option.of(
                            "threshold",
                            ValueTypes.size(new DataSize(0), MOST),
                            "Payloads larger than this are stored; one of exactly this size stays in"
                                    + " the record.",
                            "10MB")
                    .defaults(DEFAULT_THRESHOLD.toString());
    private static final StorageOptions STORAGE =
            new StorageOptions(
                    "The folder of this namespace's payloads; nothing else may live in it.", "/");
    private static final Option<Compression> COMPRESSION =
            Option.of(
                            "compression",
                            ValueTypes.choice("word", compressions()),
                            "How stored payloads are encoded; identity is another word for none.",
                            "zstd")
                    .defaults("none");
    private static final Option<Cleanup.Strategy> STRATEGY =
            Option.of(
                            "cleanup.strategy",
                            ValueTypes.word(Cleanup.Strategy.class, '_'),
                            "When a stored payload is deleted: on_consume after every durable"
                                    + " subscription has acknowledged it, ttl when it is old enough,"
                                    + " none never unless there is a ttl.",
                            "ttl")
                    .defaults("on_consume");
    private static final Option<Duration> TTL =
            Option.of(
                            "cleanup.ttl",
                            ValueTypes.ttl(),
                            "The longest a stored payload is kept; a bare number is seconds.",
                            "7d")
                    .otherwise("7d; nothing with cleanup.strategy none");
    private static final Option<String> METADATA_FIELD =
            Option.of(
                            "metadata_field",
                            ValueTypes.HEADER,
                            "A record header that carries the claim's id, beside claim_check_id.",
                            "claim_ref")
                    .otherwise("only claim_check_id");

    private static final RehydrateOptions REHYDRATE = new RehydrateOptions();

    static final List<Option<?>> ALL = all();

    private ClaimCheckOptions() {}

    static Optional<PatternSpec> spec(OptionValues values, PatternContext context) {
        Cleanup.Strategy strategy = values.get(STRATEGY);
        Optional<Duration> ttl =
                strategy == Cleanup.Strategy.NONE
                        ? values.find(TTL)
                        : Optional.of(values.orElse(TTL, DEFAULT_TTL));
        return Optional.of(
                new PatternSpec.ClaimCheck(
                        values.get(THRESHOLD),
                        STORAGE.spec(values, context.name()),
                        values.get(COMPRESSION),
                        new Cleanup(strategy, ttl),
                        values.find(METADATA_FIELD),
                        REHYDRATE.spec(values, values.get(THRESHOLD), context)));
    }

    private static List<Option<?>> all() {
        List<Option<?>> all = new ArrayList<>();
        all.add(THRESHOLD);
        all.addAll(STORAGE.options());
        all.addAll(List.of(COMPRESSION, STRATEGY, TTL, METADATA_FIELD));
        all.addAll(REHYDRATE.options());
        return List.copyOf(all);
    }

    private static Map<String, Compression> compressions() {
        Map<String, Compression> words = new LinkedHashMap<>();
        words.put("none", Compression.IDENTITY);
        words.put("identity", Compression.IDENTITY);
        words.put("gzip", Compression.GZIP);
        words.put("zstd", Compression.ZSTD);
        return words;
    }
}
