package io.prism.bench;

import io.prism.bench.load.CallLoad;
import io.prism.bench.load.Meter;
import io.prism.bench.load.ReaderGets;
import io.prism.bench.report.Metric;
import io.prism.v1.ServedBy;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongUnaryOperator;

/**
 * The load that scenarios put on whatever reads rows, and what it yields: as many reads as so many
 * callers manage, then a fixed rate with the latency of each counted from when it was due.
 */
record RowReads(Settings config) {
    private static final Metric THROUGHPUT = new Metric("closed loop throughput", "reads/s");
    private static final Metric ELSEWHERE = new Metric("came from elsewhere", "‰");

    /** One in so many may come from elsewhere. */
    private static final long FEW = 20;

    /** What a reader of the numbers must know of the load. */
    void describe(Map<String, String> settings) {
        settings.put("row", "id, version, " + config.messageBytes() + " bytes of text");
        settings.put("closed loop", config.unary().concurrency() + " at a time");
        settings.put("open loop", offered() + ", latency from when a read was due");
        settings.put("Prism", config.channels() + " connections");
    }

    private String offered() {
        return String.format(Locale.ROOT, "%,d/s", config.reads().rate());
    }

    private Metric percentile(int percentile) {
        return new Metric("p" + percentile + " at " + offered(), "ms");
    }

    List<Scenario.Line> lines() {
        return List.of(
                new Scenario.Line(THROUGHPUT, Optional.empty()),
                new Scenario.Line(percentile(50), Optional.empty()),
                new Scenario.Line(percentile(99), Optional.empty()),
                new Scenario.Line(ELSEWHERE, Optional.empty()));
    }

    /**
     * Runs both loops on Prism, and sees to it that rows came from where they should. While this
     * machine is so busy that Redis is given up on, a few may not; they are charged with what they
     * took.
     */
    Map<Metric, Double> prism(
            Round round,
            Workspace.Namespace namespace,
            RowTable table,
            LongUnaryOperator ids,
            ServedBy expected,
            long most)
            throws InterruptedException {
        LongAdder elsewhere = new LongAdder();
        Map<Metric, Double> values =
                run(
                        round,
                        new ReaderGets(
                                namespace.channels(), table.rows(), ids, expected, elsewhere),
                        most);
        long all = round.acknowledged();
        if (elsewhere.sum() > all / FEW && !round.warmup()) {
            round.problem(elsewhere.sum() + " of " + all + " rows were not " + expected);
        }
        Map<Metric, Double> more = new HashMap<>(values);
        more.put(ELSEWHERE, 1_000.0 * elsewhere.sum() / Math.max(1, all));
        return more;
    }

    /**
     * Runs both loops.
     *
     * @param most calls of the closed loop; the open loop's numbers begin there
     */
    Map<Metric, Double> run(Round round, CallLoad.Call call, long most)
            throws InterruptedException {
        CallLoad load = new CallLoad(config.timing().patience());
        Meter closed = round.meter("closed loop");
        long nanos =
                load.closedLoop(call, config.unary().concurrency(), most, round.duration(), closed);
        Meter open = round.meter("open loop");
        long _ =
                load.openLoop(
                        (index, due, ended) -> call.start(most + index, due, ended),
                        config.reads().rate(),
                        config.unary().most(),
                        round.duration(),
                        open);
        return Map.of(
                THROUGHPUT,
                PublishStream.perSecond(closed, nanos),
                percentile(50),
                open.percentileMillis(50),
                percentile(99),
                open.percentileMillis(99));
    }
}
