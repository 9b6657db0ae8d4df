package io.prism.core.spec;

import io.prism.core.spec.PatternSpec.Rehydrate;
import java.util.List;
import java.util.Optional;

/** The {@code rehydrate} group of {@code claim-check}. */
final class RehydrateOptions {
    static final DataSize DEFAULT_MAX_SIZE = new DataSize(8_000_000);
    private static final int DEFAULT_PARALLELISM = 8;
    private static final DataSize MOST = DataSize.ofMebibytes(64);

    private static final Option<Boolean> ENABLED =
            Option.of(
                            "rehydrate.enabled",
                            ValueTypes.FLAG,
                            "Whether every topic gets a derived topic that carries whole payloads,"
                                    + " for consumers that read Kafka directly.",
                            "true")
                    .otherwise("false; true where another option of the group is given");
    private static final Option<String> TOPIC =
            Option.of(
                            "rehydrate.topic",
                            ValueTypes.TOPIC,
                            "The derived topic; only in a namespace with a backend.topic.",
                            "videos-whole")
                    .otherwise("<topic>.rehydrated");
    private static final Option<DataSize> MAX_SIZE =
            Option.of(
                            "rehydrate.max_size",
                            ValueTypes.size(new DataSize(1), MOST),
                            "Larger payloads stay claims, with a URL to fetch them from. The"
                                    + " derived topic's max.message.bytes is this and 256KiB:"
                                    + " its consumers must be able to hold such records.",
                            "4MB")
                    .otherwise("8MB, or twice the threshold where that is more; at most 64MiB");
    private static final Option<Integer> PARALLELISM =
            Option.of(
                            "rehydrate.parallelism",
                            ValueTypes.integer(1, 64),
                            "How many payloads a process loads at once for this namespace.",
                            "16")
                    .otherwise("8");

    List<Option<?>> options() {
        return List.of(ENABLED, TOPIC, MAX_SIZE, PARALLELISM);
    }

    Optional<Rehydrate> spec(OptionValues values, DataSize threshold, PatternContext context) {
        boolean asked = values.has(TOPIC) || values.has(MAX_SIZE) || values.has(PARALLELISM);
        if (!values.find(ENABLED).orElse(asked)) {
            return Optional.empty();
        }
        check(values, threshold, context);
        return Optional.of(
                new Rehydrate(
                        values.find(TOPIC),
                        values.orElse(MAX_SIZE, maxSizeFor(threshold)),
                        values.orElse(PARALLELISM, DEFAULT_PARALLELISM)));
    }

    private static DataSize maxSizeFor(DataSize threshold) {
        long twice = Math.max(DEFAULT_MAX_SIZE.bytes(), 2 * threshold.bytes());
        return twice > MOST.bytes() ? MOST : new DataSize(twice);
    }

    private static void check(OptionValues values, DataSize threshold, PatternContext context) {
        Problems problems = context.problems();
        if (values.has(MAX_SIZE) && values.get(MAX_SIZE).compareTo(threshold) <= 0) {
            problems.wrong(
                    values.at(MAX_SIZE),
                    ViolationCode.INVALID_VALUE,
                    "Nothing would be rehydrated: only payloads larger than the threshold, "
                            + threshold
                            + ", are claims",
                    List.of("more than " + threshold),
                    "raise max_size, or lower the threshold");
        }
        if (context.backend().filter(BackendSpec.Other.class::isInstance).isPresent()) {
            problems.wrong(
                    values.at(),
                    ViolationCode.INVALID_VALUE,
                    "`rehydrate` derives Kafka topics, which backend "
                            + context.backend().get().type()
                            + " does not have",
                    List.of("kafka"),
                    "use backend kafka, or remove rehydrate");
        }
        if (values.has(TOPIC)) {
            checkTopic(values, context);
        }
    }

    private static void checkTopic(OptionValues values, PatternContext context) {
        Optional<String> source =
                context.backend()
                        .filter(BackendSpec.Kafka.class::isInstance)
                        .map(BackendSpec.Kafka.class::cast)
                        .flatMap(BackendSpec.Kafka::topic);
        if (source.isEmpty()) {
            context.problems()
                    .wrong(
                            values.at(TOPIC),
                            ViolationCode.INVALID_VALUE,
                            "One derived topic cannot keep the partitions of a namespace's many"
                                    + " topics apart",
                            List.of("a namespace with a backend.topic"),
                            "remove it: each topic gets <topic>.rehydrated; or give backend.topic");
        } else if (values.find(TOPIC).equals(source)) {
            context.problems()
                    .wrong(
                            values.at(TOPIC),
                            ViolationCode.INVALID_VALUE,
                            "The derived topic is the namespace's own topic",
                            List.of(),
                            "give it another name, or remove it");
        }
    }
}
