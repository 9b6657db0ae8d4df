package io.prism.bench;

import io.prism.bench.load.KafkaLoad;
import io.prism.bench.load.Meter;
import io.prism.bench.load.Payloads;
import io.prism.bench.load.StreamLoad;
import io.prism.bench.report.Budget;
import io.prism.bench.report.Metric;
import io.prism.v1.PublishRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Small messages as fast as they go: pipelined streams beside a plain producer. */
record PublishStream(Settings config) implements Scenario {
    private static final Metric THROUGHPUT = new Metric("throughput", "msg/s");

    @Override
    public String name() {
        return "publish-stream";
    }

    @Override
    public String measures() {
        return "PublishStream of small messages without patterns, as fast as it goes";
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
        settings.put(
                "Prism",
                config.stream().streams()
                        + " streams on "
                        + config.channels()
                        + " connections, window "
                        + config.stream().window());
        settings.put("producer", config.producer().toString());
        return settings;
    }

    @Override
    public List<Line> lines() {
        return List.of(new Line(THROUGHPUT, Optional.of(new Budget.ShareOfBaseline(0.7))));
    }

    @Override
    public boolean needsS3() {
        return false;
    }

    @Override
    public Side prism(Workspace workspace) {
        byte[] payload = Payloads.random(config.seed(), config.messageBytes());
        StreamLoad load =
                new StreamLoad(
                        config.stream().streams(),
                        config.stream().window(),
                        config.timing().patience());
        return round -> {
            try (Workspace.Namespace namespace =
                    workspace.namespace(NamespaceKind.plain(), round.suffix())) {
                PublishRequest request =
                        PublishRequest.newBuilder()
                                .setTopic(namespace.topic())
                                .setPayload(Payloads.wrap(payload))
                                .build();
                namespace.prime(request);
                Meter meter = round.meter("publishing");
                long nanos = load.run(namespace.channels(), request, round.duration(), meter);
                round.verifyRecords(namespace.records());
                return Map.of(THROUGHPUT, perSecond(meter, nanos));
            }
        };
    }

    @Override
    public Side baseline(Workspace workspace) {
        byte[] payload = Payloads.random(config.seed(), config.messageBytes());
        return round -> {
            try (Workspace.Topic topic = workspace.topic(round.suffix());
                    KafkaLoad load = topic.producer(payload)) {
                Meter meter = round.meter("publishing");
                long nanos = load.saturate(payload, round.duration(), meter);
                round.verifyRecords(topic.records());
                return Map.of(THROUGHPUT, perSecond(meter, nanos));
            }
        };
    }

    static double perSecond(Meter meter, long nanos) {
        return meter.acknowledgedCount() / (nanos / 1e9);
    }
}
