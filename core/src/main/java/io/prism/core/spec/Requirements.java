package io.prism.core.spec;

import io.prism.core.spec.yaml.Place;
import io.prism.core.spec.yaml.YamlNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compiles what an application requires into the patterns and settings that give it. */
final class Requirements {
    static final int RATE_OF_A_PARTITION = 500;

    private static final Option<DataSize> MESSAGE_SIZE =
            Option.of(
                    "message_size",
                    ValueTypes.size(new DataSize(1), new DataSize(5_000_000_000_000L)),
                    "The largest message. Above 1MB it brings claim-check.",
                    "5GB");
    private static final Option<Consistency> CONSISTENCY =
            Option.of(
                    "consistency",
                    ValueTypes.word(Consistency.class, '_'),
                    "strong brings outbox: what is committed is published, and nothing else.",
                    "strong");
    private static final Option<Duration> RETENTION =
            Option.of(
                    "retention",
                    ValueTypes.duration(Duration.ofMinutes(1)),
                    "How long messages stay readable. Brings tiered-storage.",
                    "30 days");
    private static final Option<Long> THROUGHPUT =
            Option.of(
                    "throughput",
                    new ValueType.Scalar<>(
                            "rate",
                            List.of(Units.RATE_ALLOWED),
                            text ->
                                    Units.rate(text)
                                            .then(
                                                    rate ->
                                                            rate > 0
                                                                    ? Parsed.of(rate)
                                                                    : Parsed.wrong("is zero", "")),
                            rate -> rate + "/s"),
                    "The messages a second. Brings a partition for every "
                            + RATE_OF_A_PARTITION
                            + ".",
                    "10k msgs/s");

    static final List<Option<?>> ALL = List.of(MESSAGE_SIZE, CONSISTENCY, RETENTION, THROUGHPUT);

    private enum Consistency {
        EVENTUAL,
        STRONG
    }

    private Requirements() {}

    /**
     * What the requirements come to.
     *
     * @param throughput where the required throughput is written
     * @param partitions what it needs
     */
    record Compiled(
            List<PatternDraft> patterns, Optional<At> throughput, Optional<Integer> partitions) {}

    static Compiled compile(At at, Problems problems, List<String> notes) {
        OptionValues values =
                new OptionReader("requirement", ALL, Map.of()).read(at, problems, Set.of());
        List<PatternDraft> patterns = new ArrayList<>();
        Optional<Duration> retention = values.find(RETENTION);

        if (values.find(CONSISTENCY).filter(Consistency.STRONG::equals).isPresent()) {
            patterns.add(draft(PatternSpec.Outbox.TYPE, values, CONSISTENCY, problems));
            notes.add(
                    "requirement consistency: strong → outbox: a message is published if and only"
                            + " if its transaction commits");
        }
        values.find(MESSAGE_SIZE)
                .ifPresent(
                        size -> {
                            String written = written(values, MESSAGE_SIZE);
                            if (size.compareTo(ClaimCheckOptions.DEFAULT_THRESHOLD) <= 0) {
                                notes.add(
                                        "requirement message_size: "
                                                + written
                                                + " fits into a record; no claim-check");
                                return;
                            }
                            patterns.add(
                                    draft(
                                            PatternSpec.ClaimCheck.TYPE,
                                            values,
                                            MESSAGE_SIZE,
                                            problems,
                                            retention
                                                    .map(Requirements::keepClaims)
                                                    .map(e -> new YamlNode.Entry[] {e})
                                                    .orElse(new YamlNode.Entry[0])));
                            notes.add(
                                    "requirement message_size: "
                                            + written
                                            + " → claim-check: payloads above "
                                            + ClaimCheckOptions.DEFAULT_THRESHOLD
                                            + " go to object storage");
                        });
        retention.ifPresent(
                kept -> {
                    patterns.add(
                            draft(
                                    PatternSpec.TieredStorage.TYPE,
                                    values,
                                    RETENTION,
                                    problems,
                                    entry(LogOptions.RETENTION.name(), Units.show(kept))));
                    notes.add(
                            "requirement retention: "
                                    + written(values, RETENTION)
                                    + " → tiered-storage: old records move to object storage, and"
                                    + " stored payloads live as long");
                });
        Optional<Integer> partitions =
                values.find(THROUGHPUT)
                        .flatMap(
                                rate ->
                                        partitions(
                                                rate,
                                                values.at(THROUGHPUT),
                                                written(values, THROUGHPUT),
                                                problems,
                                                notes));
        return new Compiled(
                patterns,
                values.has(THROUGHPUT) ? Optional.of(values.at(THROUGHPUT)) : Optional.empty(),
                partitions);
    }

    private static Optional<Integer> partitions(
            long rate, At at, String written, Problems problems, List<String> notes) {
        long partitions = Math.ceilDiv(rate, RATE_OF_A_PARTITION);
        if (partitions > BackendCatalog.MAX_PARTITIONS) {
            problems.wrong(
                    at.value(),
                    ViolationCode.REQUIREMENT_NOT_MET,
                    "It would take " + partitions + " partitions",
                    List.of(
                            "up to "
                                    + BackendCatalog.MAX_PARTITIONS * RATE_OF_A_PARTITION
                                    + "/s, which is "
                                    + BackendCatalog.MAX_PARTITIONS
                                    + " partitions"),
                    "spread the messages over several namespaces");
            return Optional.empty();
        }
        notes.add(
                "requirement throughput: "
                        + written
                        + " → "
                        + partitions
                        + " partitions at "
                        + RATE_OF_A_PARTITION
                        + " messages a second each");
        return Optional.of((int) partitions);
    }

    /** Payloads must not be gone before the records that claim them. */
    private static YamlNode.Entry keepClaims(Duration retention) {
        YamlNode.Mapping cleanup =
                new YamlNode.Mapping(
                        List.of(entry("strategy", "ttl"), entry("ttl", Units.show(retention))),
                        Place.NONE);
        return new YamlNode.Entry("cleanup", cleanup, cleanup.place());
    }

    private static YamlNode.Entry entry(String key, String text) {
        YamlNode.Scalar value = new YamlNode.Scalar(text, true, Place.NONE);
        return new YamlNode.Entry(key, value, value.place());
    }

    private static PatternDraft draft(
            String type,
            OptionValues values,
            Option<?> requirement,
            Problems problems,
            YamlNode.Entry... options) {
        At where = values.at(requirement);
        At at =
                new At(
                        where.path(),
                        new YamlNode.Mapping(Arrays.asList(options), where.place()),
                        where.place());
        PatternDescriptor descriptor = PatternCatalog.find(type).orElseThrow();
        return new PatternDraft.BuiltIn(
                at,
                descriptor,
                descriptor.read(at, problems),
                "requirement " + requirement.name() + ": " + written(values, requirement));
    }

    private static String written(OptionValues values, Option<?> option) {
        return Shown.of(values.at(option).node());
    }
}
