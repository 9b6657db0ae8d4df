package io.prism.bench;

import io.prism.bench.load.KafkaLoad;
import io.prism.bench.load.LargePayload;
import io.prism.bench.load.Payloads;
import java.time.Duration;

/**
 * What a run does.
 *
 * @param seed of all payloads
 * @param messageBytes of a small message
 * @param partitions of every topic, Prism's and the baseline's
 * @param channels gRPC connections
 * @param producer of the baseline; should be what the gateway uses
 */
record Settings(
        Timing timing,
        long seed,
        int messageBytes,
        int partitions,
        int channels,
        KafkaLoad.Settings producer,
        Stream stream,
        Unary unary,
        Claims claims,
        Large large,
        Queue queue,
        Rehydrate rehydrate,
        int deliverRate,
        Outbox outbox,
        Reads reads,
        Changes changes) {

    Settings {
        atLeast("--message-bytes", Payloads.STAMP, messageBytes);
        atLeast("--partitions", 1, partitions);
        atLeast("--channels", 1, channels);
        atLeast("--deliver-rate", 1, deliverRate);
        atMost("--queue-consumers", partitions, queue.consumers()); // others would get nothing
    }

    /**
     * @param rounds of each side, after one warm-up round that does not count
     * @param patience how long the last answers of a round may take
     */
    record Timing(int rounds, Duration round, Duration warmup, Duration patience) {
        Timing {
            atLeast("--rounds", 1, rounds);
            atLeast("--round-seconds", 1, round.toSeconds());
            atLeast("--warmup-seconds", 1, warmup.toSeconds());
        }

        @Override
        public String toString() {
            return rounds
                    + " rounds of "
                    + round.toSeconds()
                    + " s a side, by turns, after a warm-up of "
                    + warmup.toSeconds()
                    + " s";
        }
    }

    /**
     * @param window requests without an answer at most, on each stream
     */
    record Stream(int streams, int window) {
        Stream {
            atLeast("--streams", 1, streams);
            atLeast("--window", 1, window);
        }
    }

    /**
     * @param concurrency calls at a time in the closed loop
     * @param rate calls a second in the open loop
     * @param most calls without an answer in the open loop, before the generator waits
     */
    record Unary(int concurrency, int rate, int most) {
        Unary {
            atLeast("--concurrency", 1, concurrency);
            atLeast("--rate", 1, rate);
            atLeast("--max-outstanding", 1, most);
        }
    }

    /**
     * @param bytes of a payload; above the namespace's threshold of 1 MB
     */
    record Claims(int bytes, int concurrency) {
        Claims {
            atLeast("--claim-bytes", 1_000_001, bytes);
            atLeast("--claim-concurrency", 1, concurrency);
        }
    }

    /**
     * @param bytes of the payload
     * @param partBlocks blocks of 1 MiB in a part of the baseline's multipart upload
     * @param parallel parts of the baseline on their way at a time
     */
    record Large(long bytes, int partBlocks, int parallel) {
        /** What the warm-up transfers. */
        private static final long WARMUP_BYTES = 64L * LargePayload.BLOCK;

        Large {
            atLeast("--large-bytes", 2 * LargePayload.BLOCK, bytes);
            atLeast("--part-mib", 5, partBlocks);
            atLeast("--part-parallel", 1, parallel);
        }

        long warmupBytes() {
            return Math.min(bytes, WARMUP_BYTES);
        }
    }

    /**
     * @param messages what waits when the consumers begin
     * @param inflight messages a consumer holds at most
     * @param ackBatch messages in one Acknowledge at most
     */
    record Queue(int messages, int consumers, int inflight, int ackBatch) {
        private static final int WARMUP_SHARE = 4;
        private static final int MOST_INFLIGHT = 1000;

        Queue {
            atLeast("--queue-consumers", 1, consumers);
            atLeast("--max-inflight", 1, inflight);
            atMost("--max-inflight", MOST_INFLIGHT, inflight);
            atLeast("--ack-batch", 1, ackBatch);
            atMost("--ack-batch", inflight, ackBatch);
            atLeast("--queue-messages", enough(consumers, inflight), messages);
        }

        /** So many that nobody can take them all before the others are there. */
        private static long enough(int consumers, int inflight) {
            return 2L * consumers * inflight;
        }

        int warmupMessages() {
            return (int) Math.max(enough(consumers, inflight), messages / WARMUP_SHARE);
        }
    }

    /**
     * @param bytes of a payload; above the namespace's threshold, below its max_size
     * @param payloads claims that wait
     * @param parallel downloads at a time, on both sides
     */
    record Rehydrate(int bytes, int payloads, int parallel) {
        private static final int WARMUP_SHARE = 4;

        Rehydrate {
            atLeast("--rehydrate-bytes", 500_001, bytes);
            atMost("--rehydrate-bytes", 8_000_000, bytes);
            atLeast("--rehydrate-payloads", 1, payloads);
            atLeast("--rehydrate-parallel", 1, parallel);
        }

        int warmupPayloads() {
            return Math.ceilDiv(payloads, WARMUP_SHARE);
        }
    }

    /**
     * @param rate publishes a second in the fastest phase
     * @param connections of the baseline to the database
     */
    record Outbox(int rate, int connections) {
        Outbox {
            atLeast("--outbox-rate", 1, rate);
            atLeast("--sql-connections", 1, connections);
        }
    }

    /**
     * @param rate reads a second in the open loop
     * @param cached rows that are read again and again
     * @param missed rows that are read once at most in a closed loop
     */
    record Reads(int rate, int cached, int missed) {
        Reads {
            atLeast("--read-rate", 1, rate);
            atLeast("--cached-rows", 1, cached);
            atLeast("--missed-rows", 1, missed);
        }
    }

    /**
     * @param count of a round
     * @param rate changes a second
     */
    record Changes(int count, int rate) {
        private static final int WARMUP_SHARE = 4;

        Changes {
            atLeast("--changes", 1, count);
            atLeast("--change-rate", 1, rate);
        }

        int warmupCount() {
            return Math.ceilDiv(count, WARMUP_SHARE);
        }
    }

    private static void atMost(String option, long most, long value) {
        if (value > most) {
            throw new BenchException(option + " is " + value + "; it must be at most " + most);
        }
    }

    private static void atLeast(String option, long least, long value) {
        if (value < least) {
            throw new BenchException(option + " is " + value + "; it must be at least " + least);
        }
    }
}
