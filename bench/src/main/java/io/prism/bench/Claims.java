package io.prism.bench;

import io.prism.bench.load.Meter;
import io.prism.bench.load.Payloads;
import io.prism.bench.load.UnaryLoad;
import io.prism.bench.report.Budget;
import io.prism.bench.report.Metric;
import io.prism.v1.PublishRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Payloads that go through the claim check, beside the same bytes put into S3 directly. */
record Claims(Settings config) implements Scenario {
    private static final Metric THROUGHPUT = new Metric("throughput", "MB/s");
    private static final Metric MEDIAN = new Metric("p50", "ms");
    private static final Metric TAIL = new Metric("p99", "ms");

    @Override
    public String name() {
        return "claim-2mb";
    }

    @Override
    public String measures() {
        return "unary Publish of payloads that become claims";
    }

    @Override
    public String baselineName() {
        return "plain S3 client";
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("payload", config.claims().bytes() + " bytes");
        settings.put("concurrency", "" + config.claims().concurrency());
        settings.put("threshold", "1 MB");
        settings.put("Prism", config.channels() + " connections");
        settings.put("S3 client", "asynchronous (Netty), SDK defaults, one PUT a payload");
        return settings;
    }

    @Override
    public List<Line> lines() {
        return List.of(
                new Line(THROUGHPUT, Optional.of(new Budget.ShareOfBaseline(0.8))),
                new Line(MEDIAN, Optional.empty()),
                new Line(TAIL, Optional.empty()));
    }

    @Override
    public boolean needsS3() {
        return true;
    }

    @Override
    public Side prism(Workspace workspace) {
        byte[] payload = Payloads.random(config.seed(), config.claims().bytes());
        UnaryLoad load = new UnaryLoad(config.timing().patience());
        return round -> {
            try (Workspace.Namespace namespace =
                    workspace.namespace(NamespaceKind.claims(), round.suffix())) {
                PublishRequest request =
                        PublishRequest.newBuilder()
                                .setTopic(namespace.topic())
                                .setPayload(Payloads.wrap(payload))
                                .build();
                namespace.prime(request);
                Meter meter = round.meter("publishing");
                long nanos =
                        load.closedLoop(
                                namespace.channels(),
                                config.claims().concurrency(),
                                request,
                                round.duration(),
                                meter);
                round.verifyRecords(namespace.records());
                return values(meter, nanos);
            }
        };
    }

    @Override
    public Side baseline(Workspace workspace) {
        byte[] payload = Payloads.random(config.seed(), config.claims().bytes());
        int concurrency = config.claims().concurrency();
        return round -> {
            try (Workspace.Bucket bucket = workspace.bucket(round.suffix(), concurrency)) {
                Meter meter = round.meter("storing");
                long nanos =
                        bucket.client()
                                .put(bucket.name(), payload, concurrency, round.duration(), meter);
                return values(meter, nanos);
            }
        };
    }

    private Map<Metric, Double> values(Meter meter, long nanos) {
        return Map.of(
                THROUGHPUT,
                PublishStream.perSecond(meter, nanos) * config.claims().bytes() / 1e6,
                MEDIAN,
                meter.percentileMillis(50),
                TAIL,
                meter.percentileMillis(99));
    }
}
