package io.prism.bench;

import com.google.protobuf.Empty;
import io.grpc.Channel;
import io.prism.bench.load.Deliveries;
import io.prism.bench.load.EventStream;
import io.prism.bench.load.KafkaLoad;
import io.prism.bench.load.KafkaReceiver;
import io.prism.bench.load.Meter;
import io.prism.bench.load.Payloads;
import io.prism.bench.load.UnaryLoad;
import io.prism.bench.report.Budget;
import io.prism.bench.report.Metric;
import io.prism.v1.PublishRequest;
import io.prism.v1.StartPosition;
import io.prism.v1.SubscribeRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How long after a message was due to be published it reaches a subscriber, at a steady rate. */
record Deliver(Settings config) implements Scenario {
    private static final Metric MEDIAN = new Metric("publish to delivery p50", "ms");
    private static final Metric TAIL = new Metric("publish to delivery p99", "ms");
    private static final Metric ACKNOWLEDGED = new Metric("publish to acknowledgement p99", "ms");
    private static final long MARK = 0x70726973_6D62656EL;

    /** What a new topic and a new stream cost once is not the steady state. */
    private static final Duration SETTLING = Duration.ofSeconds(2);

    private static final long SETTLING_MARK = 0x70726973_6D736574L;

    @Override
    public String name() {
        return "deliver";
    }

    @Override
    public String measures() {
        return "from a unary Publish to a subscriber, at a steady rate";
    }

    @Override
    public String baselineName() {
        return "plain Kafka producer → consumer";
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("payload", config.messageBytes() + " bytes");
        settings.put("rate", String.format(Locale.ROOT, "%,d/s", config.deliverRate()));
        settings.put("partitions", "" + config.partitions());
        settings.put("subscribers", "1, ephemeral");
        settings.put("not measured", "the first " + SETTLING.toSeconds() + " s of a round");
        settings.put("producer", config.producer().toString());
        return settings;
    }

    @Override
    public List<Line> lines() {
        return List.of(
                new Line(MEDIAN, Optional.empty()),
                new Line(TAIL, Optional.of(new Budget.AtMost(50, "ms"))),
                new Line(ACKNOWLEDGED, Optional.empty()));
    }

    @Override
    public boolean needsS3() {
        return false;
    }

    @Override
    public Side prism(Workspace workspace) {
        Duration patience = config.timing().patience();
        byte[] filling = Payloads.random(config.seed(), config.messageBytes());
        return round -> {
            try (Workspace.Namespace namespace =
                    workspace.namespace(NamespaceKind.plain(), round.suffix())) {
                PublishRequest first =
                        PublishRequest.newBuilder()
                                .setTopic(namespace.topic())
                                .setPayload(Payloads.wrap(filling))
                                .build();
                namespace.prime(first);
                List<Channel> channels = namespace.channels();
                Meter received = new Meter();
                Deliveries deliveries = new Deliveries(MARK, filling, received);
                Deliveries settling = new Deliveries(SETTLING_MARK, filling, new Meter());
                SubscribeRequest request =
                        SubscribeRequest.newBuilder()
                                .setTopic(namespace.topic())
                                .setStart(
                                        StartPosition.newBuilder()
                                                .setEarliest(Empty.getDefaultInstance()))
                                .build();
                try (EventStream _ =
                        EventStream.open(
                                channels.getLast(),
                                request,
                                event -> {
                                    deliveries.arrived(event.getPayload().asReadOnlyByteBuffer());
                                    settling.arrived(event.getPayload().asReadOnlyByteBuffer());
                                },
                                patience)) {
                    publish(channels, first, settling, SETTLING, round.meter("settling"));
                    Meter sent = round.meter("delivering");
                    publish(channels, first, deliveries, round.duration(), sent);
                    round.verifyRecords(namespace.records());
                    return values(round, sent, deliveries, received);
                }
            }
        };
    }

    private void publish(
            List<Channel> channels,
            PublishRequest first,
            Deliveries deliveries,
            Duration duration,
            Meter sent)
            throws InterruptedException {
        long _ =
                new UnaryLoad(config.timing().patience())
                        .openLoop(
                                channels,
                                config.deliverRate(),
                                config.unary().most(),
                                (index, due) ->
                                        first.toBuilder()
                                                .setPayload(
                                                        Payloads.wrap(
                                                                deliveries.payload(index, due)))
                                                .build(),
                                duration,
                                sent);
    }

    @Override
    public Side baseline(Workspace workspace) {
        byte[] filling = Payloads.random(config.seed(), config.messageBytes());
        return round -> {
            try (Workspace.Topic topic = workspace.topic(round.suffix());
                    KafkaLoad load = topic.producer(filling)) {
                Meter received = new Meter();
                Deliveries deliveries = new Deliveries(MARK, filling, received);
                Deliveries settling = new Deliveries(SETTLING_MARK, filling, new Meter());
                try (KafkaReceiver _ =
                        KafkaReceiver.plain(
                                workspace.kafka(),
                                workspace.topics().partitions(topic.name()),
                                it -> deliveries.arrived(ByteBuffer.wrap(it.value())))) {
                    long _ =
                            load.openLoop(
                                    config.deliverRate(),
                                    config.unary().most(),
                                    settling::payload,
                                    SETTLING,
                                    round.meter("settling"));
                    Meter sent = round.meter("delivering");
                    long _ =
                            load.openLoop(
                                    config.deliverRate(),
                                    config.unary().most(),
                                    deliveries::payload,
                                    round.duration(),
                                    sent);
                    round.verifyRecords(topic.records());
                    return values(round, sent, deliveries, received);
                }
            }
        };
    }

    private Map<Metric, Double> values(
            Round round, Meter sent, Deliveries deliveries, Meter received)
            throws InterruptedException {
        long expected = sent.acknowledgedCount();
        if (!deliveries.await(expected, config.timing().patience())) {
            round.problem(
                    "only " + deliveries.distinct() + " of " + expected + " messages arrived");
        }
        if (deliveries.repeated() > 0) {
            round.problem(deliveries.repeated() + " messages arrived twice");
        }
        return Map.of(
                MEDIAN,
                received.percentileMillis(50),
                TAIL,
                received.percentileMillis(99),
                ACKNOWLEDGED,
                sent.percentileMillis(99));
    }
}
