package io.prism.bench;

import io.prism.bench.load.ChangeEvents;
import io.prism.bench.load.ChangeLoad;
import io.prism.bench.load.FreshReads;
import io.prism.bench.load.KafkaReceiver;
import io.prism.bench.load.Meter;
import io.prism.bench.report.Budget;
import io.prism.bench.report.Metric;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Cached rows that another application changes with plain SQL: how long after the commit readers
 * still see what was there before. Beside it Debezium alone: how long until the change's event is
 * with a plain consumer.
 */
record Invalidation(Settings config) implements Scenario {
    private static final Metric P50 = new Metric("commit to known p50", "ms");
    private static final Metric P99 = new Metric("commit to known p99", "ms");
    private static final Metric LONGEST = new Metric("commit to known, longest", "ms");
    private static final Metric STEP = new Metric("between two looks p99", "ms");

    /** Seconds of changes that are not measured. */
    private static final int SETTLING = 2;

    private static final int PATIENCES = 3;

    @Override
    public String name() {
        return "invalidation";
    }

    @Override
    public String measures() {
        return "cached rows changed by other SQL, until ReaderService.Get shows the change";
    }

    @Override
    public String baselineName() {
        return "Debezium → consumer of its events";
    }

    @Override
    public Map<String, String> settings() {
        Settings.Changes changes = config.changes();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(
                "changes",
                String.format(
                        Locale.ROOT,
                        "%,d a round, %d/s, one UPDATE and COMMIT each, half of them to rows of"
                                + " their own, half to ten rows again and again",
                        changes.count(),
                        changes.rate()));
        settings.put("row", "id, version, " + config.messageBytes() + " bytes of text");
        settings.put(
                "Prism", "patterns cache and cdc with a cache_invalidator, asked every 0.5 ms");
        settings.put("baseline", "same Connect worker, poll.interval.ms=10, JSON");
        settings.put("not measured", "the first " + SETTLING + " s of a round");
        return settings;
    }

    @Override
    public List<Line> lines() {
        return List.of(
                new Line(P50, Optional.empty()),
                new Line(P99, Optional.of(new Budget.AtMost(100, "ms"))),
                new Line(LONGEST, Optional.empty()),
                new Line(STEP, Optional.empty()));
    }

    @Override
    public boolean needsS3() {
        return false;
    }

    @Override
    public boolean needsDatabase() {
        return true;
    }

    private int changes(Round round) {
        return round.warmup() ? config.changes().warmupCount() : config.changes().count();
    }

    /** Connectors take their time to begin. */
    private Duration patience() {
        return config.timing().patience().multipliedBy(PATIENCES);
    }

    private int settling() {
        return SETTLING * config.changes().rate();
    }

    private int rows(Round round) {
        return ChangeLoad.rows(Math.max(changes(round), settling()));
    }

    @Override
    public Side prism(Workspace workspace) {
        return round -> {
            Meter steps = new Meter();
            try (Workspace.Held<RowTable> table = workspace.table(round.suffix(), rows(round));
                    Workspace.Namespace namespace =
                            workspace.namespace(
                                    NamespaceKind.invalidated(table.it().name()), round.suffix())) {
                FreshReads reads =
                        new FreshReads(namespace.channels(), table.it().rows(), patience(), steps);
                for (int id = 1; id <= rows(round); id++) {
                    reads.ready(id, 0);
                }
                Map<Metric, Double> values = new HashMap<>(measure(round, table.it(), reads));
                for (Map.Entry<Long, Long> row : table.it().versions().entrySet()) {
                    reads.ready(row.getKey(), row.getValue());
                }
                values.put(STEP, steps.percentileMillis(99));
                return values;
            }
        };
    }

    @Override
    public Side baseline(Workspace workspace) {
        return round -> {
            ChangeEvents events = new ChangeEvents(patience());
            try (Workspace.Held<RowTable> table = workspace.table(round.suffix(), rows(round));
                    Workspace.Topic topic = workspace.topic(round.suffix());
                    Workspace.Held<DebeziumConnector> _ =
                            workspace.plainChanges(table.it(), topic.name());
                    KafkaReceiver _ =
                            KafkaReceiver.plain(
                                    workspace.kafka(),
                                    workspace.topics().partitions(topic.name()),
                                    it -> events.arrived(it.value()))) {
                return measure(round, table.it(), events);
            }
        };
    }

    private Map<Metric, Double> measure(Round round, RowTable table, ChangeLoad.Witness witness)
            throws SQLException, InterruptedException {
        try (ChangeLoad load = new ChangeLoad(table.open(), table.update(), witness)) {
            settle(round, load);
            Meter meter = round.meter("changes");
            load.run(changes(round), config.changes().rate(), meter);
            if (!table.versions().equals(load.versions())) {
                round.problem("the table does not hold what was written to it");
            }
            return Map.of(
                    P50,
                    meter.percentileMillis(50),
                    P99,
                    meter.percentileMillis(99),
                    LONGEST,
                    meter.percentileMillis(100));
        }
    }

    /** Until everything that carries changes has begun to. */
    private void settle(Round round, ChangeLoad load) throws InterruptedException {
        Meter meter = round.meter("settling");
        load.prime(meter);
        if (meter.failedCount() > 0) {
            throw new BenchException("the first change was not known: " + meter.reasons());
        }
        load.run(settling(), config.changes().rate(), meter);
    }
}
