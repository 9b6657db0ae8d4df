package io.prism.core.spec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The options of the patterns around logs: tiered-storage, wal, event-sourcing and cqrs. */
final class LogOptions {
    static final Option<Duration> RETENTION =
            Option.of(
                            "retention",
                            ValueTypes.duration(Duration.ofMinutes(1)),
                            "How long records stay readable at all.",
                            "30 days")
                    .otherwise("for ever");
    private static final Option<Duration> HOT_RETENTION =
            Option.of(
                            "hot_retention",
                            ValueTypes.duration(Duration.ofMinutes(1)),
                            "How long records stay on the backend's own disks.",
                            "1d")
                    .otherwise("until the backend's log segment is closed");
    private static final StorageOptions TIERS =
            new StorageOptions("The folder of this namespace's old records.", ".tiered/");

    private static final Option<String> WAL_TOPIC =
            Option.of("topic", ValueTypes.TOPIC, "The topic that is the log.", "orders-wal")
                    .otherwise("an internal topic of the namespace");
    private static final Option<Integer> WAL_BATCH_SIZE =
            Option.of(
                            "batch_size",
                            ValueTypes.integer(1, 100_000),
                            "The most writes applied at once.",
                            "1000")
                    .defaults("500");
    private static final Option<Duration> WAL_FLUSH_INTERVAL =
            Option.of(
                            "flush_interval",
                            ValueTypes.duration(Duration.ofMillis(1), Duration.ofHours(1), false),
                            "The longest a write waits to be applied.",
                            "50ms")
                    .defaults("100ms");

    private static final Option<String> EVENTS_TOPIC =
            Option.of("topic", ValueTypes.TOPIC, "The topic of the events.", "order-events")
                    .otherwise("an internal topic of the namespace");
    private static final Option<Integer> SNAPSHOT_EVERY =
            Option.of(
                            "snapshot_every",
                            ValueTypes.integer(1, 1_000_000),
                            "After how many events of a stream its state is stored.",
                            "100")
                    .otherwise("states are folded from the first event");

    private static final Option<List<String>> VIEWS =
            Option.<List<String>>of(
                            "views",
                            new ValueType.Many<>(ValueTypes.TABLE),
                            "The views that are kept up to date.",
                            "[orders_by_customer]")
                    .mandatory();

    static final List<Option<?>> TIERED_STORAGE = tiered();
    static final List<Option<?>> WAL = List.of(WAL_TOPIC, WAL_BATCH_SIZE, WAL_FLUSH_INTERVAL);
    static final List<Option<?>> EVENT_SOURCING = List.of(EVENTS_TOPIC, SNAPSHOT_EVERY);
    static final List<Option<?>> CQRS = List.of(VIEWS);

    private LogOptions() {}

    static Optional<PatternSpec> tieredStorage(OptionValues values, PatternContext context) {
        Optional<Duration> retention = values.find(RETENTION);
        Optional<Duration> hot = values.find(HOT_RETENTION);
        if (retention.isPresent() && hot.isPresent() && hot.get().compareTo(retention.get()) > 0) {
            context.problems()
                    .wrong(
                            values.at(HOT_RETENTION),
                            ViolationCode.CONFLICTING_OPTIONS,
                            "Records cannot stay on the backend longer than they stay at all",
                            List.of("at most " + Units.show(retention.get())),
                            "shorten hot_retention or lengthen retention");
            return Optional.empty();
        }
        return Optional.of(
                new PatternSpec.TieredStorage(retention, hot, TIERS.spec(values, context.name())));
    }

    static Optional<PatternSpec> wal(OptionValues values, PatternContext context) {
        return Optional.of(
                new PatternSpec.Wal(
                        values.find(WAL_TOPIC),
                        values.get(WAL_BATCH_SIZE),
                        values.get(WAL_FLUSH_INTERVAL)));
    }

    static Optional<PatternSpec> eventSourcing(OptionValues values, PatternContext context) {
        return Optional.of(
                new PatternSpec.EventSourcing(
                        values.find(EVENTS_TOPIC), values.find(SNAPSHOT_EVERY)));
    }

    static Optional<PatternSpec> cqrs(OptionValues values, PatternContext context) {
        return Optional.of(new PatternSpec.Cqrs(values.get(VIEWS)));
    }

    private static List<Option<?>> tiered() {
        List<Option<?>> all = new ArrayList<>(List.of(RETENTION, HOT_RETENTION));
        all.addAll(TIERS.options());
        return List.copyOf(all);
    }
}
