package io.prism.gateway.backend.kafka;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.backend.Held;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.WorkSource.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.errors.InvalidRecordStateException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One share consumer and its thread. It takes a batch, settles each record as soon as that is
 * decided, renews the locks of the others well before the broker's limit, and takes the next batch
 * when none is left. A kill -9 loses nothing: the broker hands out again what was not settled, once
 * its locks have run out.
 */
final class KafkaShareLane implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(KafkaShareLane.class);
    private static final Duration POLL =
            Duration.ofMillis(2L * KafkaSettings.SHARE_FETCH_WAIT_MILLIS);
    private static final Duration COMMIT = Duration.ofSeconds(5);
    private static final Duration RENEWED = Duration.ofSeconds(2);
    private static final Duration TICK = Duration.ofMillis(200);
    private static final long STUCK_NANOS = Duration.ofMillis(300).toNanos();
    private static final long IDLE_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int DEFAULT_LOCK_MILLIS = 30_000;

    private final KafkaShareWork work;
    private final KafkaShareConsumer<byte[], byte[]> consumer;
    private final Thread thread;

    // Guarded by the work's lock.
    private final Map<Place, Holding> holdings = new LinkedHashMap<>();
    private long busySince;
    private boolean decided;

    private record Place(LogPartition partition, long offset) {
        static Place of(Held held) {
            return new Place(held.entry().place(), held.entry().offset());
        }

        static Place of(ConsumerRecord<byte[], byte[]> record) {
            return new Place(new LogPartition(record.topic(), record.partition()), record.offset());
        }
    }

    private static final class Holding {
        final Held held;
        ConsumerRecord<byte[], byte[]> record;
        final CompletableFuture<Boolean> settled = new CompletableFuture<>();
        @Nullable Settlement decision;

        Holding(Held held, ConsumerRecord<byte[], byte[]> record) {
            this.held = held;
            this.record = record;
        }
    }

    KafkaShareLane(KafkaShareWork work, int batch, int number) {
        this.work = work;
        this.consumer =
                new KafkaShareConsumer<>(
                        work.settings.shareConsumer(work.group, batch),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        this.thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("queue-" + work.topic + "-" + number)
                        .unstarted(this);
    }

    void start() {
        thread.start();
    }

    void wakeup() {
        consumer.wakeup();
    }

    void join(Duration atMost) {
        try {
            if (!thread.join(atMost)) {
                log.atWarn()
                        .setMessage("a queue's reader did not close in time")
                        .addKeyValue("topic", work.topic)
                        .log();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it has waited for stragglers for a while. The caller holds the lock. */
    boolean stuck() {
        return !holdings.isEmpty() && System.nanoTime() - busySince > STUCK_NANOS;
    }

    /** Null if the record is not held here. The caller holds the lock. */
    @Nullable CompletableFuture<Boolean> decide(Held held, Settlement settlement) {
        Holding holding = holdings.get(Place.of(held));
        if (holding == null || holding.held != held) {
            return null;
        }
        if (holding.decision == null) {
            holding.decision = settlement;
            decided = true;
        }
        return holding.settled;
    }

    @Override
    public void run() {
        try {
            consumer.subscribe(List.of(work.topic));
            long renewed = System.nanoTime();
            long idleSince = System.nanoTime();
            while (true) {
                Next next = awaitNext(renewed, idleSince);
                switch (next) {
                    case POLL -> {
                        poll();
                        renewed = System.nanoTime();
                    }
                    case SETTLE -> settleDecided();
                    case RENEW -> {
                        renew();
                        renewed = System.nanoTime();
                    }
                    case WAIT -> {}
                    case END -> {
                        return;
                    }
                }
                if (next != Next.WAIT) {
                    idleSince = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            work.failed(this, KafkaErrors.map("taking work of topic " + work.topic, e));
        } finally {
            giveBack();
        }
    }

    private enum Next {
        POLL,
        SETTLE,
        RENEW,
        WAIT,
        END
    }

    private Next awaitNext(long renewed, long idleSince) throws InterruptedException {
        work.lock.lock();
        try {
            if (work.closed()) {
                return Next.END;
            }
            if (decided) {
                decided = false;
                return Next.SETTLE;
            }
            if (holdings.isEmpty()) {
                if (work.wanted() > 0) {
                    return Next.POLL;
                }
                if (System.nanoTime() - idleSince > IDLE_NANOS && work.dispensable(this)) {
                    return Next.END;
                }
                work.await(TICK);
                return Next.WAIT;
            }
            if (System.nanoTime() - renewed > renewEvery()) {
                return Next.RENEW;
            }
            if (work.wanted() > 0 && stuck()) {
                work.stuck();
            }
            work.await(TICK);
            return Next.WAIT;
        } finally {
            work.lock.unlock();
        }
    }

    private long renewEvery() {
        int lockMillis = consumer.acquisitionLockTimeoutMs().orElse(DEFAULT_LOCK_MILLIS);
        return Duration.ofMillis(lockMillis).toNanos() / 3;
    }

    private void poll() {
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(POLL);
        } catch (WakeupException closing) {
            return;
        }
        List<Held> acquired = new ArrayList<>();
        work.lock.lock();
        try {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                acquired.add(hold(record));
            }
            busySince = System.nanoTime();
            work.taken(acquired.size());
        } finally {
            work.lock.unlock();
        }
        acquired.forEach(work.sink::acquired);
    }

    private Held hold(ConsumerRecord<byte[], byte[]> record) {
        int deliveries = record.deliveryCount().map(Short::intValue).orElse(1);
        Held held =
                new Held(
                        new LogEntry(
                                record.topic(),
                                record.partition(),
                                record.offset(),
                                record.timestamp(),
                                record.key(),
                                record.value(),
                                record.headers()),
                        deliveries,
                        work.deliveryLimit - deliveries);
        holdings.put(Place.of(record), new Holding(held, record));
        return held;
    }

    private void settleDecided() {
        List<Holding> settling = new ArrayList<>();
        work.lock.lock();
        try {
            holdings.values().stream().filter(h -> h.decision != null).forEach(settling::add);
            settling.forEach(h -> holdings.remove(Place.of(h.held)));
        } finally {
            work.lock.unlock();
        }
        settling.forEach(
                h ->
                        consumer.acknowledge(
                                h.record,
                                h.decision == Settlement.DONE
                                        ? AcknowledgeType.ACCEPT
                                        : AcknowledgeType.RELEASE));
        Map<TopicIdPartition, Optional<KafkaException>> results = commit();
        for (Holding holding : settling) {
            complete(holding, results);
        }
    }

    private Map<TopicIdPartition, Optional<KafkaException>> commit() {
        while (true) {
            try {
                return consumer.commitSync(COMMIT);
            } catch (WakeupException closing) {
                // What is decided is settled first; the wakeup is spent.
                log.atDebug().setMessage("woken up while settling").log();
            }
        }
    }

    private static void complete(
            Holding holding, Map<TopicIdPartition, Optional<KafkaException>> results) {
        LogPartition partition = holding.held.entry().place();
        for (Map.Entry<TopicIdPartition, Optional<KafkaException>> result : results.entrySet()) {
            if (result.getKey().topic().equals(partition.topic())
                    && result.getKey().partition() == partition.partition()
                    && result.getValue().isPresent()) {
                KafkaException failure = result.getValue().get();
                if (failure instanceof InvalidRecordStateException) {
                    holding.settled.complete(false);
                } else {
                    holding.settled.completeExceptionally(
                            KafkaErrors.map("settling a record of " + partition.topic(), failure));
                }
                return;
            }
        }
        holding.settled.complete(true);
    }

    /**
     * Asks for the locks anew: the records are acknowledged as renewed, and the next poll returns
     * those whose renewal succeeded. The others are somebody else's by now.
     */
    private void renew() {
        List<Holding> renewing;
        work.lock.lock();
        try {
            renewing = List.copyOf(holdings.values());
        } finally {
            work.lock.unlock();
        }
        renewing.forEach(h -> consumer.acknowledge(h.record, AcknowledgeType.RENEW));
        commit();
        Set<Place> returned = new HashSet<>();
        List<Held> further = new ArrayList<>();
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(RENEWED);
        } catch (WakeupException closing) {
            return;
        }
        List<Held> lost = new ArrayList<>();
        work.lock.lock();
        try {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                Holding known = holdings.get(Place.of(record));
                returned.add(Place.of(record));
                if (known == null) {
                    further.add(hold(record));
                } else {
                    known.record = record;
                }
            }
            for (Holding holding : renewing) {
                Place place = Place.of(holding.held);
                if (!returned.contains(place) && holdings.remove(place) != null) {
                    lost.add(holding.held);
                    holding.settled.complete(false);
                }
            }
        } finally {
            work.lock.unlock();
        }
        further.forEach(work.sink::acquired);
        lost.forEach(work.sink::lost);
    }

    private void giveBack() {
        List<Holding> left;
        work.lock.lock();
        try {
            left = List.copyOf(holdings.values());
            holdings.clear();
        } finally {
            work.lock.unlock();
        }
        try {
            for (Holding holding : left) {
                consumer.acknowledge(
                        holding.record,
                        holding.decision == Settlement.DONE
                                ? AcknowledgeType.ACCEPT
                                : AcknowledgeType.RELEASE);
            }
            Map<TopicIdPartition, Optional<KafkaException>> results =
                    left.isEmpty() ? Map.of() : commit();
            left.stream().filter(h -> h.decision != null).forEach(h -> complete(h, results));
        } catch (RuntimeException e) {
            log.atWarn()
                    .setMessage("work could not be given back; the broker's locks will run out")
                    .addKeyValue("topic", work.topic)
                    .setCause(e)
                    .log();
        } finally {
            left.forEach(
                    h -> {
                        boolean unknown =
                                h.settled.completeExceptionally(
                                        new PrismException(
                                                ErrorCode.BACKEND_UNAVAILABLE,
                                                "the queue was closed before this was settled"));
                        if (unknown) {
                            work.sink.lost(h.held);
                        }
                    });
            close();
        }
    }

    private void close() {
        try {
            consumer.close(COMMIT);
        } catch (RuntimeException e) {
            log.atWarn()
                    .setMessage("a queue's reader did not close cleanly")
                    .addKeyValue("topic", work.topic)
                    .setCause(e)
                    .log();
        }
    }
}
