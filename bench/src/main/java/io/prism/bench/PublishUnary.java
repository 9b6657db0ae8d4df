package io.prism.bench;

import io.prism.bench.load.KafkaLoad;
import io.prism.bench.load.Meter;
import io.prism.bench.load.Payloads;
import io.prism.bench.load.UnaryLoad;
import io.prism.bench.report.Budget;
import io.prism.bench.report.Metric;
import io.prism.v1.PublishRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Small messages one call each: as many as so many callers manage, then at a fixed rate with the
 * latency of each counted from when it was due.
 */
record PublishUnary(Settings config) implements Scenario {
    /** The budget is for this many requests a second. */
    private static final int BUDGET_RATE = 10_000;

    @Override
    public String name() {
        return "publish-unary";
    }

    @Override
    public String measures() {
        return "unary Publish of small messages without patterns, closed loop and open loop";
    }

    @Override
    public String baselineName() {
        return "plain Kafka producer";
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("payload", config.messageBytes() + " bytes");
        settings.put("partitions", "" + config.partitions());
        settings.put("closed loop", config.unary().concurrency() + " at a time");
        settings.put("open loop", offered() + ", latency from when a message was due");
        settings.put("Prism", config.channels() + " connections");
        settings.put("producer", config.producer().toString());
        return settings;
    }

    private String offered() {
        return String.format(Locale.ROOT, "%,d/s", config.unary().rate());
    }

    private Metric throughput() {
        return new Metric("closed loop throughput", "msg/s");
    }

    private Metric answered() {
        return new Metric("answered with " + offered() + " offered", "msg/s");
    }

    private Metric percentile(double percentile) {
        String name = percentile == 99.9 ? "p99.9" : "p" + Math.round(percentile);
        return new Metric(name + " at " + offered(), "ms");
    }

    @Override
    public List<Line> lines() {
        Optional<Budget> p99 =
                config.unary().rate() == BUDGET_RATE
                        ? Optional.of(new Budget.AtMost(10, "ms"))
                        : Optional.empty();
        return List.of(
                new Line(throughput(), Optional.empty()),
                new Line(answered(), Optional.empty()),
                new Line(percentile(50), Optional.empty()),
                new Line(percentile(99), p99),
                new Line(percentile(99.9), Optional.empty()));
    }

    @Override
    public boolean needsS3() {
        return false;
    }

    @Override
    public Side prism(Workspace workspace) {
        byte[] payload = Payloads.random(config.seed(), config.messageBytes());
        UnaryLoad load = new UnaryLoad(config.timing().patience());
        Settings.Unary unary = config.unary();
        return round -> {
            try (Workspace.Namespace namespace =
                    workspace.namespace(NamespaceKind.plain(), round.suffix())) {
                PublishRequest request =
                        PublishRequest.newBuilder()
                                .setTopic(namespace.topic())
                                .setPayload(Payloads.wrap(payload))
                                .build();
                namespace.prime(request);
                var channels = namespace.channels();
                Meter closed = round.meter("closed loop");
                long closedNanos =
                        load.closedLoop(
                                channels, unary.concurrency(), request, round.duration(), closed);
                Meter open = round.meter("open loop");
                long openNanos =
                        load.openLoop(
                                channels,
                                unary.rate(),
                                unary.most(),
                                (_, _) -> request,
                                round.duration(),
                                open);
                round.verifyRecords(namespace.records());
                return values(closed, closedNanos, open, openNanos);
            }
        };
    }

    @Override
    public Side baseline(Workspace workspace) {
        byte[] payload = Payloads.random(config.seed(), config.messageBytes());
        Settings.Unary unary = config.unary();
        return round -> {
            try (Workspace.Topic topic = workspace.topic(round.suffix());
                    KafkaLoad load = topic.producer(payload)) {
                Meter closed = round.meter("closed loop");
                long closedNanos =
                        load.closedLoop(unary.concurrency(), payload, round.duration(), closed);
                Meter open = round.meter("open loop");
                long openNanos =
                        load.openLoop(
                                unary.rate(),
                                unary.most(),
                                (_, _) -> payload,
                                round.duration(),
                                open);
                round.verifyRecords(topic.records());
                return values(closed, closedNanos, open, openNanos);
            }
        };
    }

    private Map<Metric, Double> values(Meter closed, long closedNanos, Meter open, long openNanos) {
        return Map.of(
                throughput(),
                PublishStream.perSecond(closed, closedNanos),
                answered(),
                PublishStream.perSecond(open, openNanos),
                percentile(50),
                open.percentileMillis(50),
                percentile(99),
                open.percentileMillis(99),
                percentile(99.9),
                open.percentileMillis(99.9));
    }
}
