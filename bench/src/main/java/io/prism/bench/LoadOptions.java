package io.prism.bench;

import io.prism.bench.load.KafkaLoad;
import java.time.Duration;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How much load, for how long. */
final class LoadOptions {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String DEFAULT = " Default: ${DEFAULT-VALUE}.";

    @ArgGroup(exclusive = false, heading = "%nTime:%n")
    private TimeOptions time = new TimeOptions();

    @ArgGroup(exclusive = false, heading = "%nSmall messages:%n")
    private SmallOptions small = new SmallOptions();

    @ArgGroup(exclusive = false, heading = "%nThe plain producer (what the gateway uses):%n")
    private ProducerOptions producer = new ProducerOptions();

    @ArgGroup(exclusive = false, heading = "%nQueues:%n")
    private QueueOptions queue = new QueueOptions();

    @ArgGroup(exclusive = false, heading = "%nOutbox:%n")
    private OutboxOptions outbox = new OutboxOptions();

    @ArgGroup(exclusive = false, heading = "%nRows:%n")
    private RowOptions rows = new RowOptions();

    @ArgGroup(exclusive = false, heading = "%nLarge payloads:%n")
    private LargeOptions large = new LargeOptions();

    static final class TimeOptions {
        @Option(
                names = "--rounds",
                paramLabel = "N",
                defaultValue = "3",
                description = "Rounds of each side." + DEFAULT)
        private int rounds;

        @Option(
                names = "--round-seconds",
                paramLabel = "N",
                defaultValue = "10",
                description =
                        "Length of a round; one of chunked lasts as long as its payload." + DEFAULT)
        private int round;

        @Option(
                names = "--warmup-seconds",
                paramLabel = "N",
                defaultValue = "5",
                description = "Length of the round that does not count." + DEFAULT)
        private int warmup;

        @Option(
                names = "--seed",
                paramLabel = "N",
                defaultValue = "14",
                description = "Makes the payloads; the same seed, the same bytes." + DEFAULT)
        private long seed;
    }

    static final class SmallOptions {
        @Option(
                names = "--message-bytes",
                paramLabel = "N",
                defaultValue = "1000",
                description = "Size." + DEFAULT)
        private int bytes;

        @Option(
                names = "--partitions",
                paramLabel = "N",
                defaultValue = "4",
                description = "Of every topic." + DEFAULT)
        private int partitions;

        @Option(
                names = "--channels",
                paramLabel = "N",
                defaultValue = "2",
                description = "Connections." + DEFAULT)
        private int channels;

        @Option(
                names = "--streams",
                paramLabel = "N",
                defaultValue = "4",
                description = "PublishStreams at a time." + DEFAULT)
        private int streams;

        @Option(
                names = "--window",
                paramLabel = "N",
                defaultValue = "4096",
                description = "Requests without an answer, on each stream." + DEFAULT)
        private int window;

        @Option(
                names = "--concurrency",
                paramLabel = "N",
                defaultValue = "64",
                description = "Unary calls at a time in the closed loop." + DEFAULT)
        private int concurrency;

        @Option(
                names = "--rate",
                paramLabel = "N",
                defaultValue = "10000",
                description = "Unary calls a second in the open loop." + DEFAULT)
        private int rate;

        @Option(
                names = "--max-outstanding",
                paramLabel = "N",
                defaultValue = "20000",
                description = "Calls without an answer in an open loop." + DEFAULT)
        private int outstanding;

        @Option(
                names = "--deliver-rate",
                paramLabel = "N",
                defaultValue = "1000",
                description = "Messages a second in deliver." + DEFAULT)
        private int deliverRate;
    }

    static final class ProducerOptions {
        @Option(
                names = "--linger-ms",
                paramLabel = "N",
                defaultValue = "0",
                description = "linger.ms." + DEFAULT)
        private int linger;

        @Option(
                names = "--batch-size",
                paramLabel = "N",
                defaultValue = "262144",
                description = "batch.size." + DEFAULT)
        private int batch;

        @Option(
                names = "--compression",
                paramLabel = "TYPE",
                defaultValue = "none",
                description = "compression.type: none, gzip, snappy, lz4, zstd." + DEFAULT)
        private String compression = "none";
    }

    static final class QueueOptions {
        @Option(
                names = "--queue-messages",
                paramLabel = "N",
                defaultValue = "200000",
                description = "What waits in the queue when the consumers begin." + DEFAULT)
        private int messages;

        @Option(
                names = "--queue-consumers",
                paramLabel = "N",
                defaultValue = "4",
                description = "Consumers of one group; at most --partitions." + DEFAULT)
        private int consumers;

        @Option(
                names = "--max-inflight",
                paramLabel = "N",
                defaultValue = "500",
                description = "Messages a consumer holds; max.poll.records is the same." + DEFAULT)
        private int inflight;

        @Option(
                names = "--ack-batch",
                paramLabel = "N",
                defaultValue = "500",
                description = "Messages in one Acknowledge at most; 1: one by one." + DEFAULT)
        private int ackBatch;
    }

    static final class OutboxOptions {
        @Option(
                names = "--outbox-rate",
                paramLabel = "N",
                defaultValue = "8000",
                description = "Publishes a second in the fastest phase of outbox." + DEFAULT)
        private int rate;

        @Option(
                names = "--sql-connections",
                paramLabel = "N",
                defaultValue = "16",
                description =
                        "Connections that insert or select row by row beside Prism." + DEFAULT)
        private int connections;
    }

    static final class RowOptions {
        @Option(
                names = "--read-rate",
                paramLabel = "N",
                defaultValue = "1000",
                description =
                        "Reads a second in the open loops of cache-hit, cache-miss." + DEFAULT)
        private int rate;

        @Option(
                names = "--cached-rows",
                paramLabel = "N",
                defaultValue = "1000",
                description = "Rows of cache-hit." + DEFAULT)
        private int cached;

        @Option(
                names = "--missed-rows",
                paramLabel = "N",
                defaultValue = "50000",
                description =
                        "Rows of cache-miss for a closed loop, which ends with the last." + DEFAULT)
        private int missed;

        @Option(
                names = "--changes",
                paramLabel = "N",
                defaultValue = "1000",
                description = "Changes in a round of invalidation." + DEFAULT)
        private int changes;

        @Option(
                names = "--change-rate",
                paramLabel = "N",
                defaultValue = "50",
                description = "Changes a second." + DEFAULT)
        private int changeRate;
    }

    static final class LargeOptions {
        @Option(
                names = "--claim-bytes",
                paramLabel = "N",
                defaultValue = "2000000",
                description = "Payload of claim-2mb." + DEFAULT)
        private int claimBytes;

        @Option(
                names = "--claim-concurrency",
                paramLabel = "N",
                defaultValue = "4",
                description = "Claims on their way at a time." + DEFAULT)
        private int claimConcurrency;

        @Option(
                names = "--large-bytes",
                paramLabel = "N",
                defaultValue = "1073741824",
                description = "Payload of chunked; 5000000000 is fine, too." + DEFAULT)
        private long bytes;

        @Option(
                names = "--part-mib",
                paramLabel = "N",
                defaultValue = "8",
                description = "Parts of the plain multipart upload." + DEFAULT)
        private int part;

        @Option(
                names = "--part-parallel",
                paramLabel = "N",
                defaultValue = "4",
                description = "Parts of it on their way at a time." + DEFAULT)
        private int parallel;

        @Option(
                names = "--rehydrate-bytes",
                paramLabel = "N",
                defaultValue = "1000000",
                description = "Payload of rehydrate." + DEFAULT)
        private int rehydrateBytes;

        @Option(
                names = "--rehydrate-payloads",
                paramLabel = "N",
                defaultValue = "300",
                description = "Claims that wait to be rehydrated." + DEFAULT)
        private int rehydratePayloads;

        @Option(
                names = "--rehydrate-parallel",
                paramLabel = "N",
                defaultValue = "8",
                description = "Downloads at a time, on both sides." + DEFAULT)
        private int rehydrateParallel;
    }

    /**
     * @throws BenchException naming the option that is out of range
     */
    Settings settings() {
        return new Settings(
                new Settings.Timing(
                        time.rounds,
                        Duration.ofSeconds(time.round),
                        Duration.ofSeconds(time.warmup),
                        PATIENCE),
                time.seed,
                small.bytes,
                small.partitions,
                small.channels,
                new KafkaLoad.Settings(producer.linger, producer.batch, producer.compression),
                new Settings.Stream(small.streams, small.window),
                new Settings.Unary(small.concurrency, small.rate, small.outstanding),
                new Settings.Claims(large.claimBytes, large.claimConcurrency),
                new Settings.Large(large.bytes, large.part, large.parallel),
                new Settings.Queue(queue.messages, queue.consumers, queue.inflight, queue.ackBatch),
                new Settings.Rehydrate(
                        large.rehydrateBytes, large.rehydratePayloads, large.rehydrateParallel),
                small.deliverRate,
                new Settings.Outbox(outbox.rate, outbox.connections),
                new Settings.Reads(rows.rate, rows.cached, rows.missed),
                new Settings.Changes(rows.changes, rows.changeRate));
    }
}
