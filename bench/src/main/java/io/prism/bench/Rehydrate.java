package io.prism.bench;

import io.prism.bench.load.KafkaCopies;
import io.prism.bench.load.KafkaReceiver;
import io.prism.bench.load.Meter;
import io.prism.bench.load.Payloads;
import io.prism.bench.load.Receipts;
import io.prism.bench.load.S3Load;
import io.prism.bench.load.StreamLoad;
import io.prism.bench.report.Metric;
import io.prism.core.record.RecordFormat;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PublishRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Claims turned back into payloads: from records in the source topic to whole payloads in the hands
 * of a plain consumer of the derived topic, beside plain downloads of as many objects.
 *
 * <p>Only rehydration is timed. The claims are published first, and the derived topic is filled
 * with them: everything is assigned, connected and warm. Then the claims' records are appended to
 * the source topic once more, all of them in a few milliseconds, and the time runs from the first
 * of them until the consumer, which sees only what is committed, has the last payload.
 */
record Rehydrate(Settings config) implements Scenario {
    private static final Metric THROUGHPUT = new Metric("throughput", "MB/s");
    private static final Duration PUBLISHED_WITHIN = Duration.ofMinutes(5);
    private static final int PUBLISH_STREAMS = 4;
    private static final int PUBLISH_WINDOW = 2;

    @Override
    public String name() {
        return "rehydrate";
    }

    @Override
    public String measures() {
        return "rehydration of claims, until a read-committed consumer has their payloads";
    }

    @Override
    public String baselineName() {
        return "plain S3 client, GETs into memory";
    }

    @Override
    public Map<String, String> settings() {
        Settings.Rehydrate rehydrate = config.rehydrate();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("payload", rehydrate.bytes() + " bytes");
        settings.put("claims", "" + rehydrate.payloads());
        settings.put("partitions", "" + config.partitions());
        settings.put("downloads at a time", rehydrate.parallel() + " on both sides");
        settings.put("S3 client", "asynchronous (Netty), SDK defaults, one GET a payload");
        return settings;
    }

    @Override
    public List<Line> lines() {
        return List.of(new Line(THROUGHPUT, Optional.empty()));
    }

    @Override
    public boolean needsS3() {
        return true;
    }

    private int payloads(Round round) {
        return round.warmup() ? config.rehydrate().warmupPayloads() : config.rehydrate().payloads();
    }

    private Map<Metric, Double> rate(long payloads, long nanos) {
        return Map.of(THROUGHPUT, payloads * config.rehydrate().bytes() / 1e6 / (nanos / 1e9));
    }

    @Override
    public Side prism(Workspace workspace) {
        Duration patience = config.timing().patience();
        StreamLoad publishing = new StreamLoad(PUBLISH_STREAMS, PUBLISH_WINDOW, patience);
        byte[] payload = Payloads.random(config.seed(), config.rehydrate().bytes());
        return round -> {
            try (Workspace.Namespace namespace =
                    workspace.namespace(
                            NamespaceKind.rehydrated(config.rehydrate().parallel()),
                            round.suffix())) {
                PublishRequest request =
                        PublishRequest.newBuilder()
                                .setTopic(namespace.topic())
                                .setPayload(Payloads.wrap(payload))
                                .build();
                publishing.publish(
                        namespace.channels(),
                        PubSubServiceGrpc.getPublishStreamMethod(),
                        request,
                        payloads(round),
                        PUBLISHED_WITHIN,
                        round.meter("publishing"));
                round.verifyRecords(namespace.records());
                Receipts receipts =
                        new Receipts(payload.length, round.meter("receiving whole payloads"));
                return rehydrated(workspace, namespace, round, payload, receipts);
            }
        };
    }

    private Map<Metric, Double> rehydrated(
            Workspace workspace,
            Workspace.Namespace namespace,
            Round round,
            byte[] payload,
            Receipts receipts)
            throws Exception {
        Duration patience = config.timing().patience();
        long count = round.acknowledged();
        try (KafkaReceiver _ =
                        KafkaReceiver.committed(
                                workspace.kafka(),
                                workspace.topics().partitions(namespace.rehydratedTopic()),
                                it -> arrived(it, payload, receipts));
                KafkaCopies claims =
                        KafkaCopies.of(
                                workspace.kafka(),
                                workspace.topics().partitions(namespace.logTopic()),
                                RecordFormat.CLAIM_ID)) {
            if (claims.size() != count) {
                round.problem(claims.size() + " of " + count + " records are claims");
            }
            if (!receipts.await(count, patience)) {
                receipts.problems(count).forEach(round::problem);
                return Map.of();
            }
            Meter appended = new Meter();
            long start = System.nanoTime();
            claims.append(appended);
            if (appended.failedCount() > 0) {
                round.problem("appending the claims once more: " + appended.reasons());
            }
            boolean _ = receipts.await(2 * count, patience);
            receipts.problems(2 * count).forEach(round::problem);
            return rate(count, receipts.lastNanos() - start);
        }
    }

    private static void arrived(
            ConsumerRecord<byte[], byte[]> message, byte[] payload, Receipts receipts) {
        receipts.arrived(
                message.partition(), message.offset(), Arrays.equals(message.value(), payload));
    }

    @Override
    public Side baseline(Workspace workspace) {
        byte[] payload = Payloads.random(config.seed(), config.rehydrate().bytes());
        int parallel = config.rehydrate().parallel();
        return round -> {
            int count = payloads(round);
            try (Workspace.Bucket bucket = workspace.bucket(round.suffix(), parallel)) {
                S3Load load = bucket.client();
                load.put(bucket.name(), payload, count, parallel, round.meter("storing"));
                Meter meter = round.meter("reading");
                long nanos = load.get(bucket.name(), payload, count, parallel, meter);
                return rate(meter.acknowledgedCount(), nanos);
            }
        };
    }
}
