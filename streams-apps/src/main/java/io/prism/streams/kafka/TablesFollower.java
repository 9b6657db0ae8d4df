package io.prism.streams.kafka;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Follows compacted topics of one partition each. Again and again it asks for their ends and reads
 * up to there: what it then knows is everything that was written before it asked. The ends are
 * asked for without regard to transactions, because a commit is acknowledged before its marker is
 * in the partition.
 */
public final class TablesFollower implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TablesFollower.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long ASK_SECONDS = 10;
    private static final Duration FIRST_READ = Duration.ofSeconds(30);
    private static final Duration STALE = Duration.ofSeconds(30);

    private final List<TopicPartition> partitions;
    private final Admin admin;
    private final KafkaConsumer<String, String> consumer;
    private final Clock clock;
    private final Consumer<Tables> listener;
    private final Map<String, Map<String, String>> entries = new HashMap<>();
    private final Thread thread;
    private long version;
    private boolean changed;
    private volatile Tables known;
    private volatile boolean closed;

    /**
     * Returns when the topics, which must exist, have been read up to their ends.
     *
     * @param listener told of every advance, on the follower's thread, and once before this returns
     * @throws PrismException BACKEND_UNAVAILABLE if that is not possible within half a minute
     */
    public TablesFollower(
            List<String> topics,
            Admin admin,
            Map<String, Object> consumerSettings,
            Clock clock,
            Consumer<Tables> listener) {
        this.partitions = topics.stream().map(topic -> new TopicPartition(topic, 0)).toList();
        this.admin = admin;
        this.clock = clock;
        this.listener = listener;
        this.known = new Tables(Instant.MIN, 0, Map.of());
        this.consumer =
                new KafkaConsumer<>(
                        consumerSettings, new StringDeserializer(), new StringDeserializer());
        try {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Instant deadline = clock.instant().plus(FIRST_READ);
            while (!advance()) {
                if (clock.instant().isAfter(deadline)) {
                    throw new PrismException(
                            ErrorCode.BACKEND_UNAVAILABLE,
                            "the tables "
                                    + topics
                                    + " could not be read to their ends within "
                                    + FIRST_READ.toSeconds()
                                    + " s; is Kafka well?");
                }
            }
        } catch (RuntimeException e) {
            consumer.close();
            throw e instanceof PrismException
                    ? e
                    : new PrismException(
                            ErrorCode.BACKEND_UNAVAILABLE,
                            "the tables " + topics + " cannot be read (" + e.getMessage() + ")",
                            e);
        }
        this.thread = Thread.ofPlatform().daemon().name("tables").start(this::follow);
    }

    private void follow() {
        while (!closed) {
            try {
                advance();
            } catch (RuntimeException e) {
                if (!closed) {
                    log.atWarn()
                            .setMessage("the tables cannot be followed now; trying again")
                            .setCause(e)
                            .log();
                    pause();
                }
            }
        }
        consumer.close();
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One round; false if the ends were not reached in it. */
    private boolean advance() {
        Instant asked = clock.instant();
        Map<TopicPartition, Long> ends = ends();
        Instant deadline = asked.plusSeconds(ASK_SECONDS);
        do {
            consumer.poll(POLL).forEach(this::apply);
        } while (!closed && !reached(ends) && clock.instant().isBefore(deadline));
        if (!reached(ends)) {
            return false;
        }
        if (changed) {
            changed = false;
            version++;
            Map<String, Map<String, String>> copies = new HashMap<>();
            entries.forEach((topic, table) -> copies.put(topic, Map.copyOf(table)));
            known = new Tables(asked, version, copies);
        } else {
            known = new Tables(asked, version, known.topics());
        }
        listener.accept(known);
        return true;
    }

    private boolean reached(Map<TopicPartition, Long> ends) {
        return partitions.stream()
                .allMatch(p -> consumer.position(p) >= ends.getOrDefault(p, Long.MAX_VALUE));
    }

    private void apply(ConsumerRecord<String, String> record) {
        Map<String, String> table = entries.computeIfAbsent(record.topic(), t -> new HashMap<>());
        if (record.value() == null) {
            table.remove(record.key());
        } else {
            table.put(record.key(), record.value());
        }
        changed = true;
    }

    private Map<TopicPartition, Long> ends() {
        Map<TopicPartition, OffsetSpec> asked =
                partitions.stream()
                        .collect(Collectors.toMap(Function.identity(), p -> OffsetSpec.latest()));
        try {
            Map<TopicPartition, Long> ends = new HashMap<>();
            admin.listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                    .all()
                    .get(ASK_SECONDS, TimeUnit.SECONDS)
                    .forEach((partition, end) -> ends.put(partition, end.offset()));
            return ends;
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("the tables' ends could not be asked for", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        }
    }

    public Tables known() {
        return known;
    }

    /** Why the tables are not known up to now; empty when they are. */
    public String problem() {
        return known.knownUpTo().isBefore(clock.instant().minus(STALE))
                ? "the tables are known only up to " + known.knownUpTo()
                : "";
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
