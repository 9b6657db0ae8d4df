package io.prism.bench;

import io.prism.bench.load.GroupMember;
import io.prism.bench.load.KafkaDrain;
import io.prism.bench.load.KafkaLoad;
import io.prism.bench.load.Payloads;
import io.prism.bench.load.QueueLoad;
import io.prism.bench.load.Receipts;
import io.prism.bench.load.ShareMember;
import io.prism.bench.load.StreamLoad;
import io.prism.bench.report.Budget;
import io.prism.bench.report.Metric;
import io.prism.v1.GetTopicInfoRequest;
import io.prism.v1.PublishRequest;
import io.prism.v1.QueueServiceGrpc;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A queue worked off: messages that wait already, received and acknowledged by several consumers of
 * one group. Beside it, with as many consumers, a share group and a consumer group on the same
 * topic, one after the other.
 */
record Queue(Settings config) implements Scenario {
    private static final Metric SHARE =
            new Metric("received and acknowledged, beside a share consumer", "msg/s");
    private static final Metric GROUP =
            new Metric("received and acknowledged, beside a consumer group", "msg/s");
    private static final Metric FIRST =
            new Metric("from subscribing to the first message, new group", "ms");
    private static final Duration PUBLISHED_WITHIN = Duration.ofMinutes(5);
    private static final String WORKERS = "workers";
    private static final int PUBLISH_WINDOW = 1024;
    private static final long GLANCE_MILLIS = 50;

    @Override
    public String name() {
        return "queue";
    }

    @Override
    public String measures() {
        return "QueueService: small messages that wait, received and acknowledged by one group";
    }

    @Override
    public String baselineName() {
        return "plain Kafka: share group; consumer group";
    }

    @Override
    public Map<String, String> settings() {
        Settings.Queue queue = config.queue();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("payload", config.messageBytes() + " bytes");
        settings.put("partitions", "" + config.partitions());
        settings.put("backlog", String.format(Locale.ROOT, "%,d messages", queue.messages()));
        settings.put("consumers", "" + queue.consumers());
        settings.put(
                "Prism",
                config.channels()
                        + " connections, max_inflight "
                        + queue.inflight()
                        + ", each consumer one Acknowledge at a time with up to "
                        + queue.ackBatch()
                        + " ids");
        settings.put(
                "share consumers",
                "explicit, each record ACCEPTed, commitSync a poll, max.poll.records "
                        + queue.inflight());
        settings.put("consumer group", "commitSync a poll, max.poll.records " + queue.inflight());
        return settings;
    }

    @Override
    public List<Line> lines() {
        return List.of(
                new Line(SHARE, Optional.empty()),
                new Line(GROUP, Optional.empty()),
                new Line(FIRST, Optional.of(new Budget.AtMost(1_000, "ms"))));
    }

    @Override
    public boolean needsS3() {
        return false;
    }

    @Override
    public Side prism(Workspace workspace) {
        Duration patience = config.timing().patience();
        Settings.Queue queue = config.queue();
        StreamLoad publishing = new StreamLoad(config.stream().streams(), PUBLISH_WINDOW, patience);
        QueueLoad load =
                new QueueLoad(queue.consumers(), queue.inflight(), queue.ackBatch(), patience);
        byte[] payload = Payloads.random(config.seed(), config.messageBytes());
        return round -> {
            try (Workspace.Namespace namespace =
                    workspace.namespace(NamespaceKind.queue(), round.suffix())) {
                PublishRequest request =
                        PublishRequest.newBuilder()
                                .setTopic(namespace.topic())
                                .setPayload(Payloads.wrap(payload))
                                .build();
                publishing.publish(
                        namespace.channels(),
                        QueueServiceGrpc.getPublishStreamMethod(),
                        request,
                        messages(round),
                        PUBLISHED_WITHIN,
                        round.meter("publishing"));
                round.verifyRecords(namespace.records());
                long expected = round.acknowledged();
                Receipts receipts = receipts(round, "receiving");
                QueueLoad.Took took =
                        load.drain(
                                namespace.channels(),
                                namespace.topic(),
                                WORKERS,
                                expected,
                                receipts);
                receipts.problems(expected).forEach(round::problem);
                verifyEmpty(round, namespace);
                double rate = expected / (took.drainNanos() / 1e9);
                return Map.of(SHARE, rate, GROUP, rate, FIRST, took.firstNanos() / 1e6);
            }
        };
    }

    private int messages(Round round) {
        return round.warmup() ? config.queue().warmupMessages() : config.queue().messages();
    }

    private Receipts receipts(Round round, String phase) {
        return new Receipts(config.messageBytes(), round.meter(phase));
    }

    /** What was acknowledged must not be waiting any more. */
    private void verifyEmpty(Round round, Workspace.Namespace namespace)
            throws InterruptedException {
        GetTopicInfoRequest request =
                GetTopicInfoRequest.newBuilder()
                        .setTopic(namespace.topic())
                        .setGroup(WORKERS)
                        .build();
        long last = System.nanoTime() + config.timing().patience().toNanos();
        long depth;
        do {
            TimeUnit.MILLISECONDS.sleep(GLANCE_MILLIS);
            depth =
                    QueueServiceGrpc.newBlockingStub(namespace.channels().getFirst())
                            .withDeadlineAfter(config.timing().patience())
                            .getTopicInfo(request)
                            .getDepth();
        } while (depth > 0 && System.nanoTime() - last < 0);
        if (depth > 0) {
            round.problem(depth + " messages still wait although all were acknowledged");
        }
    }

    @Override
    public Side baseline(Workspace workspace) {
        KafkaDrain load = new KafkaDrain(config.queue().consumers(), config.timing().patience());
        int most = config.queue().inflight();
        byte[] payload = Payloads.random(config.seed(), config.messageBytes());
        return round -> {
            try (Workspace.Topic topic = workspace.topic(round.suffix());
                    KafkaLoad producer = topic.producer(payload);
                    Workspace.Group share = workspace.shareGroup(round.suffix());
                    Workspace.Group group = workspace.consumerGroup(round.suffix())) {
                producer.publish(payload, messages(round), round.meter("publishing"));
                round.verifyRecords(topic.records());
                long expected = topic.all();
                Receipts shared = receipts(round, "receiving, share group");
                long shareNanos =
                        load.drain(
                                () ->
                                        new ShareMember(
                                                workspace.kafka(),
                                                share.name(),
                                                topic.name(),
                                                most),
                                expected,
                                shared);
                shared.problems(expected).forEach(round::problem);
                Receipts grouped = receipts(round, "receiving, consumer group");
                long groupNanos =
                        load.drain(
                                () ->
                                        new GroupMember(
                                                workspace.kafka(),
                                                group.name(),
                                                topic.name(),
                                                most),
                                expected,
                                grouped);
                grouped.problems(expected).forEach(round::problem);
                return Map.of(
                        SHARE, expected / (shareNanos / 1e9), GROUP, expected / (groupNanos / 1e9));
            }
        };
    }
}
