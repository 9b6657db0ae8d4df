package io.prism.bench;

import com.google.protobuf.Empty;
import io.grpc.Channel;
import io.prism.bench.load.ChunkedLoad;
import io.prism.bench.load.EventStream;
import io.prism.bench.load.LargePayload;
import io.prism.bench.load.Meter;
import io.prism.bench.load.Payloads;
import io.prism.bench.load.S3Load;
import io.prism.bench.report.Budget;
import io.prism.bench.report.Metric;
import io.prism.v1.Event;
import io.prism.v1.PublishRequest;
import io.prism.v1.StartPosition;
import io.prism.v1.SubscribeRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** One large payload in and out, beside a multipart upload and a read of the same bytes. */
record Chunked(Settings config) implements Scenario {
    private static final Metric UPLOAD = new Metric("upload", "MB/s");
    private static final Metric DOWNLOAD = new Metric("download", "MB/s");
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long INLINE = 1_000_000;

    @Override
    public String name() {
        return "chunked";
    }

    @Override
    public String measures() {
        return "PublishChunked and Fetch of one large payload, SHA-256 checked on arrival";
    }

    @Override
    public String baselineName() {
        return "plain S3 multipart upload, plain GET";
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("payload", config.large().bytes() + " bytes");
        settings.put("Prism", "chunks of 1 MiB, one stream");
        settings.put(
                "S3 client",
                "parts of "
                        + config.large().partBlocks()
                        + " MiB, "
                        + config.large().parallel()
                        + " at a time; one GET");
        return settings;
    }

    @Override
    public List<Line> lines() {
        Optional<Budget> budget = Optional.of(new Budget.ShareOfBaseline(0.8));
        return List.of(new Line(UPLOAD, budget), new Line(DOWNLOAD, budget));
    }

    @Override
    public boolean needsS3() {
        return true;
    }

    /** A payload and its digest, which takes a while to compute. */
    private record Content(LargePayload payload, String sha256) {
        static Content of(long seed, long bytes) {
            LargePayload payload = new LargePayload(seed, bytes);
            return new Content(payload, payload.sha256());
        }
    }

    /** Makes each content once. */
    private Function<Round, Content> contents() {
        Map<Long, Content> made = new ConcurrentHashMap<>();
        return round ->
                made.computeIfAbsent(
                        round.warmup() ? config.large().warmupBytes() : config.large().bytes(),
                        bytes -> Content.of(config.seed(), bytes));
    }

    @Override
    public Side prism(Workspace workspace) {
        ChunkedLoad load = new ChunkedLoad(PATIENCE);
        Function<Round, Content> contents = contents();
        return round -> {
            Content content = contents.apply(round);
            try (Workspace.Namespace namespace =
                    workspace.namespace(NamespaceKind.claims(), round.suffix())) {
                PublishRequest header =
                        PublishRequest.newBuilder().setTopic(namespace.topic()).build();
                byte[] small = Payloads.random(config.seed(), config.messageBytes());
                namespace.prime(header.toBuilder().setPayload(Payloads.wrap(small)).build());
                Channel channel = namespace.channels().getFirst();

                LongAdder sent = new LongAdder();
                Meter publish = round.meter("publishing");
                round.watch("publishing", "bytes", sent::sum);
                long begin = System.nanoTime();
                var _ = load.publish(channel, header, content.payload(), sent::add);
                double upload = rate(content, begin);
                publish.acknowledged();
                round.verifyRecords(namespace.records());

                Event event = find(channel, namespace.topic());
                if (event.getPayloadSize() != content.payload().size()) {
                    round.problem("the event says " + event.getPayloadSize() + " bytes");
                }
                LongAdder received = new LongAdder();
                round.watch("fetching", "bytes", received::sum);
                begin = System.nanoTime();
                String sha256 = load.fetch(channel, event.getPayloadRef(), received::add);
                double download = rate(content, begin);
                verify(round, content, sha256);
                return Map.of(UPLOAD, upload, DOWNLOAD, download);
            }
        };
    }

    /** The event of the large payload. */
    private static Event find(Channel channel, String topic) throws Exception {
        CompletableFuture<Event> found = new CompletableFuture<>();
        SubscribeRequest request =
                SubscribeRequest.newBuilder()
                        .setTopic(topic)
                        .setStart(
                                StartPosition.newBuilder().setEarliest(Empty.getDefaultInstance()))
                        .setMaxInlineBytes(INLINE)
                        .build();
        try (EventStream stream =
                EventStream.open(
                        channel,
                        request,
                        event -> {
                            if (event.hasError()) {
                                found.completeExceptionally(
                                        new IllegalStateException(event.getError().getMessage()));
                            } else if (!event.getPayloadRef().isEmpty()) {
                                found.complete(event);
                            }
                        },
                        Duration.ofSeconds(30))) {
            var _ =
                    stream.ended()
                            .thenAccept(it -> found.completeExceptionally(it.asRuntimeException()));
            return found.get(60, TimeUnit.SECONDS);
        }
    }

    @Override
    public Side baseline(Workspace workspace) {
        Function<Round, Content> contents = contents();
        return round -> {
            Content content = contents.apply(round);
            Settings.Large large = config.large();
            try (Workspace.Bucket bucket = workspace.bucket(round.suffix(), large.parallel() + 1)) {
                S3Load load = bucket.client();
                LongAdder sent = new LongAdder();
                Meter meter = round.meter("storing");
                round.watch("storing", "bytes", sent::sum);
                long begin = System.nanoTime();
                load.multipart(
                        bucket.name(),
                        "large",
                        content.payload(),
                        large.partBlocks(),
                        large.parallel(),
                        sent::add);
                double upload = rate(content, begin);
                meter.acknowledged();
                LongAdder received = new LongAdder();
                round.watch("reading", "bytes", received::sum);
                begin = System.nanoTime();
                String sha256 = load.get(bucket.name(), "large", received::add);
                double download = rate(content, begin);
                verify(round, content, sha256);
                return Map.of(UPLOAD, upload, DOWNLOAD, download);
            }
        };
    }

    private static double rate(Content content, long beginNanos) {
        return content.payload().size() / 1e6 / ((System.nanoTime() - beginNanos) / 1e9);
    }

    private static void verify(Round round, Content content, String sha256) {
        if (!sha256.equals(content.sha256())) {
            round.problem("the payload came back with another SHA-256");
        }
    }
}
