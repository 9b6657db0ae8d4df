package io.prism.core.spec;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pattern as a namespace declares it, defaults filled in. The order of a chain is the plan's, not
 * the spec's.
 */
public sealed interface PatternSpec {
    /** The pattern's name in YAML, such as {@code claim-check}. */
    String type();

    /**
     * Payloads larger than the threshold go to object storage; the record carries a claim.
     *
     * @param threshold compared strictly: a payload of exactly this size stays inline
     * @param metadataField an additional record header that carries the claim's id
     * @param rehydrate whether topics of whole payloads are derived for consumers that read Kafka
     *     directly
     */
    record ClaimCheck(
            DataSize threshold,
            Storage storage,
            Compression compression,
            Cleanup cleanup,
            Optional<String> metadataField,
            Optional<Rehydrate> rehydrate)
            implements PatternSpec {
        public static final String TYPE = "claim-check";

        /** Without derived topics. */
        public ClaimCheck(
                DataSize threshold,
                Storage storage,
                Compression compression,
                Cleanup cleanup,
                Optional<String> metadataField) {
            this(threshold, storage, compression, cleanup, metadataField, Optional.empty());
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Topics of whole payloads, one for each topic of the namespace and with as many partitions.
     *
     * @param topic the derived topic, in a namespace with one topic; {@code <topic>.rehydrated}
     *     where absent
     * @param maxSize payloads up to this are put back into their record; larger ones stay claims
     * @param parallelism how many payloads one process loads at once for the namespace
     */
    record Rehydrate(Optional<String> topic, DataSize maxSize, int parallelism) {
        private static final String SUFFIX = ".rehydrated";

        /** The derived topic of a topic, both by their names in Kafka. */
        public String derivedFrom(String kafkaTopic) {
            return topic.orElse(kafkaTopic + SUFFIX);
        }
    }

    /**
     * Where claims are stored.
     *
     * @param bucket the gateway's default bucket where absent
     * @param prefix always ends with a slash; claims of this namespace, and nothing else, live
     *     under it
     * @param endpoint the gateway's default endpoint where absent
     * @param region the gateway's default where absent
     * @param pathStyle the gateway's default where absent
     */
    record Storage(
            Optional<String> bucket,
            String prefix,
            Optional<String> endpoint,
            Optional<String> region,
            Optional<Boolean> pathStyle) {

        /**
         * Whether an object of one could be taken for an object of the other. A bucket that is not
         * named is not compared with one that is.
         */
        public boolean overlaps(Storage other) {
            return bucket.equals(other.bucket)
                    && endpoint.equals(other.endpoint)
                    && (prefix.startsWith(other.prefix) || other.prefix.startsWith(prefix));
        }
    }

    /** How a claim's object is encoded at rest. */
    enum Compression {
        IDENTITY,
        GZIP,
        ZSTD
    }

    /**
     * When a claim is deleted.
     *
     * @param ttl the upper bound of a claim's life; empty keeps it
     */
    record Cleanup(Cleanup.Strategy strategy, Optional<Duration> ttl) {
        /** NONE keeps claims up to their ttl, too. */
        public enum Strategy {
            ON_CONSUME,
            TTL,
            NONE
        }
    }

    /** Message and data commit together in a database; a relay publishes what committed. */
    record Outbox(String database, Optional<String> table, Publisher publisher, Duration retention)
            implements PatternSpec {
        public static final String TYPE = "outbox";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** How the outbox relay reads and stamps. */
    record Publisher(Mode mode, Duration interval, int batchSize) {
        public enum Mode {
            WAL,
            POLLING
        }
    }

    /** Change data capture: row changes of tables become records, and consumers act on them. */
    record Cdc(
            String sourceBackend,
            String database,
            List<String> tables,
            Optional<String> sinkTopic,
            Snapshot snapshot,
            List<Consumer> consumers)
            implements PatternSpec {
        public static final String TYPE = "cdc";

        @Override
        public String type() {
            return TYPE;
        }

        /** The topic of all changes. */
        public String topic(NamespaceName namespace) {
            return sinkTopic.orElse(namespace.value() + ".changes");
        }

        public enum Snapshot {
            INITIAL,
            NEVER,
            INCREMENTAL
        }

        /**
         * @param options what the consumer's type takes, such as {@code key_extractor} or {@code
         *     url}
         */
        public record Consumer(
                String name,
                String type,
                Optional<String> backend,
                List<String> operations,
                Map<String, String> options) {}
    }

    /**
     * Rows served from a cache.
     *
     * @param warmUp rows that are read before anybody asks for them
     */
    record Cache(
            Cache.Strategy strategy,
            String backend,
            Optional<Duration> ttl,
            Optional<String> keyPattern,
            Optional<Duration> negativeTtl,
            Optional<DataSize> maxItemSize,
            Optional<Cache.WarmUp> warmUp)
            implements PatternSpec {
        public static final String TYPE = "cache";

        @Override
        public String type() {
            return TYPE;
        }

        public enum Strategy {
            LOOK_ASIDE,
            WRITE_THROUGH
        }

        /**
         * A query whose rows a gateway reads into the cache when it begins to serve the namespace.
         *
         * @param where conditions that all hold, as {@link
         *     io.prism.core.condition.Conditions#filter} takes them
         * @param sort the rows that matter most come first, as {@link
         *     io.prism.core.condition.Conditions#sort} takes it
         * @param rows at most
         * @param timeout after which what is not read stays unread
         */
        public record WarmUp(
                String collection,
                List<String> where,
                List<String> sort,
                int rows,
                Duration timeout) {
            public WarmUp {
                where = List.copyOf(where);
                sort = List.copyOf(sort);
            }
        }
    }

    /** Old records move to cheaper storage and stay readable. */
    record TieredStorage(
            Optional<Duration> retention, Optional<Duration> hotRetention, Storage storage)
            implements PatternSpec {
        public static final String TYPE = "tiered-storage";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** Writes are appended to a log first and applied to the backend afterwards. */
    record Wal(Optional<String> topic, int batchSize, Duration flushInterval)
            implements PatternSpec {
        public static final String TYPE = "wal";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** State is the fold of a stream of events. */
    record EventSourcing(Optional<String> topic, Optional<Integer> snapshotEvery)
            implements PatternSpec {
        public static final String TYPE = "event-sourcing";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /** Views for reading, built from what is written. */
    record Cqrs(List<String> views) implements PatternSpec {
        public static final String TYPE = "cqrs";

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * A pattern of the operator's own, found through {@code ServiceLoader}; its options are checked
     * by itself.
     *
     * @param options scalars, lists and maps as YAML gave them
     */
    record Custom(String type, Map<String, Object> options) implements PatternSpec {}
}
