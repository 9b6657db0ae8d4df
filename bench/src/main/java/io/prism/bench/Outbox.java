package io.prism.bench;

import com.google.protobuf.Empty;
import io.grpc.Channel;
import io.prism.bench.load.Deliveries;
import io.prism.bench.load.EventStream;
import io.prism.bench.load.KafkaReceiver;
import io.prism.bench.load.Meter;
import io.prism.bench.load.Payloads;
import io.prism.bench.load.SqlLoad;
import io.prism.bench.load.UnaryLoad;
import io.prism.bench.report.Budget;
import io.prism.bench.report.Metric;
import io.prism.v1.PublishRequest;
import io.prism.v1.StartPosition;
import io.prism.v1.SubscribeRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Publishes into an outbox: how long the commit takes, and how long after a message was due it
 * reaches a subscriber, at several rates. Beside it rows inserted and committed one by one, which
 * Debezium's own outbox event router takes to a plain consumer.
 */
record Outbox(Settings config) implements Scenario {
    private static final int SLOW = 100;
    private static final int STEADY = 1_000;
    private static final long MARK = 0x70726973_6D6F6278L;
    private static final Duration SETTLING = Duration.ofSeconds(2);

    /** A backlog is worked off after the load. */
    private static final int PATIENCES = 4;

    @Override
    public String name() {
        return "outbox";
    }

    @Override
    public String measures() {
        return "small publishes into an outbox, and from there to a subscriber";
    }

    @Override
    public String baselineName() {
        return "INSERT + COMMIT, Debezium's event router → consumer";
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("payload", config.messageBytes() + " bytes");
        settings.put("partitions", "" + config.partitions());
        settings.put(
                "Prism", "patterns outbox and claim-check, " + config.channels() + " connections");
        settings.put("baseline", config.outbox().connections() + " connections, one row a commit");
        settings.put("subscribers", "1, ephemeral; the baseline's reads uncommitted");
        settings.put("not measured", "the first " + SETTLING.toSeconds() + " s of a round");
        return settings;
    }

    /** Rates in the order in which they are run. */
    private List<Integer> rates() {
        return List.of(SLOW, STEADY, config.outbox().rate());
    }

    private static Metric delivered(int rate, int percentile) {
        return metric("due to delivered p" + percentile, rate, "ms");
    }

    private static Metric committed(int rate, int percentile) {
        return metric("due to committed p" + percentile, rate, "ms");
    }

    private static Metric answered(int rate) {
        return metric("committed", rate, "msg/s");
    }

    private static Metric metric(String what, int rate, String unit) {
        return new Metric(String.format(Locale.ROOT, "%s at %,d/s", what, rate), unit);
    }

    @Override
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        for (int rate : List.of(SLOW, STEADY)) {
            lines.add(new Line(delivered(rate, 50), Optional.of(new Budget.AtMost(50, "ms"))));
            lines.add(new Line(delivered(rate, 99), Optional.of(new Budget.AtMost(100, "ms"))));
        }
        int rate = config.outbox().rate();
        lines.add(new Line(answered(rate), Optional.empty()));
        lines.add(new Line(committed(rate, 50), Optional.empty()));
        lines.add(new Line(committed(rate, 99), Optional.of(new Budget.AtMost(15, "ms"))));
        lines.add(new Line(delivered(rate, 99), Optional.empty()));
        return lines;
    }

    @Override
    public boolean needsS3() {
        return false;
    }

    @Override
    public boolean needsDatabase() {
        return true;
    }

    /** Sends at a rate; nanoseconds until everything was answered. */
    private interface Load {
        long run(int rate, Deliveries deliveries, Duration duration, Meter sent)
                throws InterruptedException;
    }

    /** The deliveries of one round: one for each phase, told of everything that arrives. */
    private final class Phases {
        private final byte[] filling = Payloads.random(config.seed(), config.messageBytes());
        private final List<Deliveries> deliveries = new ArrayList<>();
        private final List<Meter> received = new ArrayList<>();

        Phases() {
            for (int i = 0; i <= rates().size(); i++) {
                Meter meter = new Meter();
                received.add(meter);
                deliveries.add(new Deliveries(MARK + i, filling, meter));
            }
        }

        void arrived(ByteBuffer payload) {
            deliveries.forEach(one -> one.arrived(payload.duplicate()));
        }

        Map<Metric, Double> run(Round round, Load load) throws InterruptedException {
            Meter settling = round.meter("settling");
            long _ = load.run(STEADY, deliveries.getFirst(), SETTLING, settling);
            await(round, 0, settling);
            Map<Metric, Double> values = new HashMap<>();
            for (int i = 1; i <= rates().size(); i++) {
                int rate = rates().get(i - 1);
                Meter sent = round.meter(String.format(Locale.ROOT, "%,d/s", rate));
                long nanos = load.run(rate, deliveries.get(i), round.duration(), sent);
                await(round, i, sent);
                Meter here = received.get(i);
                values.put(delivered(rate, 50), here.percentileMillis(50));
                values.put(delivered(rate, 99), here.percentileMillis(99));
                values.put(answered(rate), PublishStream.perSecond(sent, nanos));
                values.put(committed(rate, 50), sent.percentileMillis(50));
                values.put(committed(rate, 99), sent.percentileMillis(99));
            }
            values.keySet().retainAll(lines().stream().map(Line::metric).toList());
            return values;
        }

        private void await(Round round, int phase, Meter sent) throws InterruptedException {
            Deliveries here = deliveries.get(phase);
            long expected = sent.acknowledgedCount();
            if (!here.await(expected, config.timing().patience().multipliedBy(PATIENCES))) {
                round.problem("only " + here.distinct() + " of " + expected + " messages arrived");
            }
            if (here.repeated() > 0) {
                round.problem(here.repeated() + " messages arrived twice");
            }
        }
    }

    @Override
    public Side prism(Workspace workspace) {
        UnaryLoad load = new UnaryLoad(config.timing().patience());
        return round -> {
            Phases phases = new Phases();
            try (Workspace.Namespace namespace =
                    workspace.namespace(NamespaceKind.outbox(), round.suffix())) {
                PublishRequest first =
                        PublishRequest.newBuilder()
                                .setTopic(namespace.topic())
                                .setPayload(Payloads.wrap(phases.filling))
                                .build();
                namespace.prime(first);
                List<Channel> channels = namespace.channels();
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
                                event -> phases.arrived(event.getPayload().asReadOnlyByteBuffer()),
                                config.timing().patience())) {
                    return phases.run(
                            round,
                            (rate, deliveries, duration, sent) ->
                                    load.openLoop(
                                            channels,
                                            rate,
                                            config.unary().most(),
                                            (index, due) ->
                                                    first.toBuilder()
                                                            .setPayload(
                                                                    Payloads.wrap(
                                                                            deliveries.payload(
                                                                                    index, due)))
                                                            .build(),
                                            duration,
                                            sent));
                }
            }
        };
    }

    @Override
    public Side baseline(Workspace workspace) {
        return round -> {
            Phases phases = new Phases();
            int most = config.unary().most();
            try (Workspace.Topic topic = workspace.topic(round.suffix());
                    Workspace.Held<DebeziumOutbox> outbox =
                            workspace.plainOutbox(round.suffix(), topic.name());
                    SqlLoad load =
                            new SqlLoad(
                                    outbox.it()::open,
                                    config.outbox().connections(),
                                    outbox.it().insert(),
                                    most,
                                    config.timing().patience())) {
                try (KafkaReceiver _ =
                        KafkaReceiver.plain(
                                workspace.kafka(),
                                workspace.topics().partitions(topic.name()),
                                it -> phases.arrived(ByteBuffer.wrap(it.value())))) {
                    return phases.run(
                            round,
                            (rate, deliveries, duration, sent) ->
                                    load.openLoop(rate, most, deliveries::payload, duration, sent));
                }
            }
        };
    }
}
