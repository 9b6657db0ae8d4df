package io.prism.core.spec;

import io.prism.core.spec.PatternSpec.Cdc;
import java.util.List;
import java.util.Optional;

/** The options of {@code cdc}. */
final class CdcOptions {
    private static final Option<String> SOURCE_BACKEND =
            Option.of(
                            "source.backend",
                            ValueTypes.oneOf("postgres"),
                            "The kind of database whose changes are captured.",
                            "postgres")
                    .defaults("postgres");
    private static final Option<String> DATABASE =
            Option.of("source.database", ValueTypes.DATABASE_NAME, "The database.", "users_db")
                    .otherwise("the backend's database, else the outbox's");
    private static final Option<List<String>> TABLES =
            Option.<List<String>>of(
                            "source.tables",
                            new ValueType.Many<>(ValueTypes.TABLE),
                            "The tables.",
                            "[users, user_profiles]")
                    .alias("source.table")
                    .otherwise("the outbox's table; required without an outbox");
    private static final Option<String> SINK_BACKEND =
            Option.of("sink.backend", ValueTypes.oneOf("kafka"), "Where changes go.", "kafka")
                    .defaults("kafka");
    private static final Option<String> SINK_TOPIC =
            Option.of(
                            "sink.topic",
                            ValueTypes.TOPIC,
                            "The topic of all tables' changes.",
                            "user-profile-changes")
                    .otherwise("<namespace>.changes");
    private static final Option<Cdc.Snapshot> SNAPSHOT =
            Option.of(
                            "snapshot",
                            ValueTypes.word(Cdc.Snapshot.class, '_'),
                            "Whether the rows that are there at the start are captured: initial at"
                                    + " once, incremental bit by bit, never not at all.",
                            "never")
                    .defaults("initial");
    private static final Option<List<Cdc.Consumer>> CONSUMERS =
            Option.<List<Cdc.Consumer>>of(
                            "consumers",
                            new CdcConsumers(),
                            "Who acts on the changes.",
                            "see below")
                    .otherwise("nobody but the topic's readers");

    static final List<Option<?>> ALL =
            List.of(
                    SOURCE_BACKEND,
                    DATABASE,
                    TABLES,
                    SINK_BACKEND,
                    SINK_TOPIC,
                    SNAPSHOT,
                    CONSUMERS);

    private CdcOptions() {}

    static Optional<PatternSpec> spec(OptionValues values, PatternContext context) {
        Optional<OptionValues> outbox = context.options(PatternSpec.Outbox.TYPE);
        Optional<String> database =
                values.find(DATABASE)
                        .or(
                                () ->
                                        context.backend()
                                                .filter(BackendSpec.Postgres.class::isInstance)
                                                .map(BackendSpec.Postgres.class::cast)
                                                .map(BackendSpec.Postgres::database))
                        .or(() -> outbox.flatMap(o -> o.find(OutboxOptions.DATABASE)));
        Optional<List<String>> tables = values.find(TABLES);
        boolean missing = false;
        if (tables.isEmpty() && outbox.isEmpty()) {
            require(values, TABLES, context.problems());
            missing = true;
        }
        if (database.isEmpty()) {
            require(values, DATABASE, context.problems());
            missing = true;
        }
        if (missing) {
            return Optional.empty();
        }
        return Optional.of(
                new Cdc(
                        values.get(SOURCE_BACKEND),
                        values.orElse(DATABASE, database.orElseThrow()),
                        tables.orElse(List.of()),
                        values.find(SINK_TOPIC),
                        values.get(SNAPSHOT),
                        values.find(CONSUMERS).orElse(List.of())));
    }

    private static void require(OptionValues values, Option<?> option, Problems problems) {
        problems.missing(
                values.at(),
                option.name(),
                "cdc must know what to capture: `" + option.name() + "` is missing",
                option.type().allowed(),
                "add it under source, such as " + option.name() + ": " + option.example());
    }
}
