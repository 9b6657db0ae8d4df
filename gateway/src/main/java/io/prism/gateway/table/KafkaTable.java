package io.prism.gateway.table;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.backend.kafka.KafkaErrors;
import io.prism.gateway.backend.kafka.KafkaSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table in a compacted topic of one partition. All processes write under one transactional id, so
 * that whoever begins to write fences everybody else: between reading up to the end and committing,
 * nobody else's update can come. A kill -9 in the middle leaves an open transaction that the next
 * writer aborts.
 */
public final class KafkaTable implements StateTable {
    private static final Logger log = LoggerFactory.getLogger(KafkaTable.class);
    private static final int ATTEMPTS = 5;
    private static final Duration CATCH_UP = Duration.ofSeconds(15);

    private final TopicPartition partition;
    private final KafkaSettings settings;
    private final KafkaConsumer<String, String> consumer;
    private final Thread follower;
    private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();

    private final ReentrantLock writing = new ReentrantLock();
    private @Nullable KafkaProducer<String, String> writer;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
    private Map<String, String> state = Map.of();
    private long position;

    private volatile boolean closed;
    private volatile boolean healthy;

    /** Returns when the table has been read up to its end. The topic must exist. */
    public KafkaTable(String topic, KafkaSettings settings) {
        this.partition = new TopicPartition(topic, 0);
        this.settings = settings;
        this.consumer =
                new KafkaConsumer<>(
                        settings.tableReader(), new StringDeserializer(), new StringDeserializer());
        this.follower = Thread.ofPlatform().daemon().name("table-" + topic).unstarted(this::follow);
        try {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = end(consumer);
            while (consumer.position(partition) < end) {
                apply(consumer.poll(Duration.ofMillis(200)));
            }
            position = consumer.position(partition);
        } catch (RuntimeException e) {
            consumer.close();
            throw KafkaErrors.map("reading table " + topic, e);
        }
        healthy = true;
        follower.start();
    }

    private long end(KafkaConsumer<String, String> reader) {
        return reader.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    private void follow() {
        notifyListeners();
        while (!closed) {
            try {
                ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(500));
                boolean changed = apply(records);
                lock.lock();
                try {
                    position = consumer.position(partition);
                    advanced.signalAll();
                } finally {
                    lock.unlock();
                }
                healthy = true;
                if (changed) {
                    notifyListeners();
                }
            } catch (RuntimeException e) {
                healthy = false;
                if (!closed) {
                    log.atWarn()
                            .setMessage("table cannot be followed now")
                            .addKeyValue("topic", partition.topic())
                            .setCause(e)
                            .log();
                    pauseBriefly();
                }
            }
        }
        consumer.close();
    }

    private static void pauseBriefly() {
        try {
            TimeUnit.MILLISECONDS.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean apply(ConsumerRecords<String, String> records) {
        if (records.isEmpty()) {
            return false;
        }
        Map<String, String> next = new HashMap<>(state);
        for (ConsumerRecord<String, String> record : records) {
            if (record.value() == null) {
                next.remove(record.key());
            } else {
                next.put(record.key(), record.value());
            }
        }
        lock.lock();
        try {
            state = Map.copyOf(next);
        } finally {
            lock.unlock();
        }
        return true;
    }

    private void notifyListeners() {
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                log.atError()
                        .setMessage("table listener failed")
                        .addKeyValue("topic", partition.topic())
                        .setCause(e)
                        .log();
            }
        }
    }

    @Override
    public Optional<String> get(String key) {
        return Optional.ofNullable(snapshot().get(key));
    }

    @Override
    public Map<String, String> snapshot() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void update(Function<Map<String, String>, Map<String, Optional<String>>> change) {
        writing.lock();
        try {
            for (int attempt = 1; ; attempt++) {
                try {
                    tryUpdate(change);
                    return;
                } catch (ProducerFencedException | InvalidProducerEpochException e) {
                    closeWriter();
                    if (attempt == ATTEMPTS) {
                        throw new PrismException(
                                ErrorCode.CONCURRENT_CHANGE,
                                "another gateway changes the same table; try again",
                                e);
                    }
                } catch (KafkaException e) {
                    closeWriter();
                    throw KafkaErrors.map("writing table " + partition.topic(), e);
                }
            }
        } finally {
            writing.unlock();
        }
    }

    private void tryUpdate(Function<Map<String, String>, Map<String, Optional<String>>> change) {
        KafkaProducer<String, String> producer = writer;
        if (producer == null) {
            producer =
                    new KafkaProducer<>(
                            settings.tableWriter(partition.topic() + "-writer"),
                            new StringSerializer(),
                            new StringSerializer());
            writer = producer;
            producer.initTransactions(); // fences every other writer and ends what it left open
        }
        awaitEnd(); // whoever does not know yet that it is fenced must not decide, either
        Map<String, Optional<String>> changes = change.apply(snapshot());
        if (changes.isEmpty()) {
            return;
        }
        producer.beginTransaction();
        changes.forEach(
                (key, value) ->
                        writer().send(
                                        new ProducerRecord<>(
                                                partition.topic(), 0, key, value.orElse(null))));
        producer.commitTransaction();
        awaitEnd();
    }

    private KafkaProducer<String, String> writer() {
        return java.util.Objects.requireNonNull(writer);
    }

    /**
     * Waits until this process has seen everything that was written up to now. Asked without regard
     * to transactions: a commit is acknowledged before its marker is in the partition, so the last
     * committed offset may still lag behind.
     */
    private void awaitEnd() {
        Map<String, Object> config = new HashMap<>(settings.tableReader());
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        long end;
        try (KafkaConsumer<String, String> asker =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            end = end(asker);
        }
        long left = CATCH_UP.toNanos();
        lock.lock();
        try {
            while (position < end) {
                if (left <= 0) {
                    throw new PrismException(
                            ErrorCode.BACKEND_UNAVAILABLE,
                            "table "
                                    + partition.topic()
                                    + " could not be read up to its end in time; try again");
                }
                left = advanced.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(
                    ErrorCode.CANCELLED, "interrupted while reading " + partition.topic(), e);
        } finally {
            lock.unlock();
        }
    }

    private void closeWriter() {
        KafkaProducer<String, String> old = writer;
        writer = null;
        if (old != null) {
            old.close(Duration.ZERO);
        }
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
        listener.run();
    }

    @Override
    public boolean healthy() {
        return healthy;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        consumer.wakeup();
        try {
            follower.join(Duration.ofSeconds(3));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writing.lock();
        try {
            closeWriter();
        } finally {
            writing.unlock();
        }
    }
}
