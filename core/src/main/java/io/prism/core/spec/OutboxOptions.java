package io.prism.core.spec;

import io.prism.core.spec.PatternSpec.Publisher;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The options of {@code outbox}. */
final class OutboxOptions {
    static final Option<String> DATABASE =
            Option.of(
                            "database",
                            ValueTypes.DATABASE_NAME,
                            "The database whose transactions the messages join.",
                            "orders_db")
                    .defaults("postgres");
    private static final Option<String> TABLE =
            Option.of(
                            "table",
                            ValueTypes.TABLE,
                            "The outbox table; made if it does not exist.",
                            "video_outbox")
                    .otherwise("a table that all namespaces of the database share");
    private static final Option<Publisher.Mode> MODE =
            Option.of(
                            "publisher.mode",
                            ValueTypes.word(Publisher.Mode.class, '_'),
                            "How committed rows are found: wal reads the database's write-ahead log"
                                    + " in commit order, polling asks the table.",
                            "polling")
                    .defaults("wal");
    private static final Option<Duration> INTERVAL =
            Option.of(
                            "publisher.interval",
                            ValueTypes.duration(Duration.ofMillis(1), Duration.ofHours(1), false),
                            "How often published rows are stamped; with polling, how often the table"
                                    + " is asked.",
                            "100ms")
                    .defaults("100ms");
    private static final Option<Integer> BATCH_SIZE =
            Option.of(
                            "publisher.batch_size",
                            ValueTypes.integer(1, 10_000),
                            "The most rows stamped, or asked for, at once.",
                            "100")
                    .defaults("100");
    private static final Option<Duration> RETENTION =
            Option.of(
                            "retention",
                            ValueTypes.duration(Duration.ofMinutes(1)),
                            "How long published rows stay in the table.",
                            "7d")
                    .defaults("1d");

    static final List<Option<?>> ALL =
            List.of(DATABASE, TABLE, MODE, INTERVAL, BATCH_SIZE, RETENTION);

    private OutboxOptions() {}

    static Optional<PatternSpec> spec(OptionValues values, PatternContext context) {
        return Optional.of(
                new PatternSpec.Outbox(
                        values.get(DATABASE),
                        values.find(TABLE),
                        new Publisher(
                                values.get(MODE), values.get(INTERVAL), values.get(BATCH_SIZE)),
                        values.get(RETENTION)));
    }
}
