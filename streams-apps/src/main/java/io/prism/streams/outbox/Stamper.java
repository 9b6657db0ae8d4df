package io.prism.streams.outbox;

import io.micrometer.core.instrument.Counter;
import io.prism.core.database.Databases;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTopics;
import io.prism.core.outbox.RelayedRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into one database's tables what became of their rows, in batches, and commits its position
 * in Kafka afterwards: a kill in between writes the same again. While the database is away its
 * reports wait in Kafka; each database has a stamper of its own, so that the others go on. A table
 * or database that is no more is passed over.
 */
final class Stamper implements Loop.Work {
    private static final Logger log = LoggerFactory.getLogger(Stamper.class);
    private static final Duration IDLE = Duration.ofMillis(250);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final int LONGEST_ERROR = 1_000;

    private final String database;
    private final Databases databases;
    private final Map<String, Object> consumerSettings;
    private final Supplier<Map<String, WatchedTable>> tables;
    private final Counter stamped;

    /** By table: what to write, null for published. */
    private final Map<String, Map<UUID, @Nullable String>> held = new TreeMap<>();

    private final Set<String> missing = new HashSet<>();
    private @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private long oldest;
    private long committed;
    private Map<TopicPartition, Long> committedAt = Map.of();

    /**
     * @param tables of the database, by label, as they are now
     */
    Stamper(
            String database,
            Databases databases,
            Map<String, Object> consumerSettings,
            Supplier<Map<String, WatchedTable>> tables,
            Counter stamped) {
        this.database = database;
        this.databases = databases;
        this.consumerSettings = consumerSettings;
        this.tables = tables;
        this.stamped = stamped;
    }

    @Override
    public Duration step() {
        KafkaConsumer<byte[], byte[]> reading = consumer();
        Duration interval = least(WatchedTable::interval, IDLE);
        Duration left = held.isEmpty() ? IDLE : interval.minusNanos(System.nanoTime() - oldest);
        reading.poll(left.isNegative() ? Duration.ZERO : left).forEach(this::hold);
        if (held.isEmpty()) {
            if (System.nanoTime() - committed >= IDLE.toNanos()) {
                commit(reading);
            }
        } else if (System.nanoTime() - oldest >= interval.toNanos() || full()) {
            List.copyOf(held.keySet()).forEach(this::write);
            commit(reading);
        }
        return Duration.ZERO;
    }

    /** Also past other databases' reports, so that what lags behind is known to be its own. */
    private void commit(KafkaConsumer<byte[], byte[]> reading) {
        committed = System.nanoTime();
        Map<TopicPartition, Long> now = new HashMap<>();
        reading.assignment().forEach(partition -> now.put(partition, reading.position(partition)));
        if (!now.equals(committedAt)) {
            reading.commitSync();
            committedAt = now;
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open == null) {
            open =
                    new KafkaConsumer<>(
                            consumerSettings,
                            new ByteArrayDeserializer(),
                            new ByteArrayDeserializer());
            consumer = open;
            open.subscribe(List.of(OutboxTopics.RELAYED.name()));
        }
        return open;
    }

    private Duration least(Function<WatchedTable, Duration> of, Duration otherwise) {
        return tables.get().values().stream().map(of).min(Duration::compareTo).orElse(otherwise);
    }

    private boolean full() {
        Map<String, WatchedTable> now = tables.get();
        return held.entrySet().stream()
                .anyMatch(
                        entry -> {
                            WatchedTable table = now.get(entry.getKey());
                            return table == null || entry.getValue().size() >= table.batchSize();
                        });
    }

    private void hold(ConsumerRecord<byte[], byte[]> record) {
        RelayedRow row;
        try {
            row = RelayedRow.fromJson(record.value());
        } catch (PrismException e) {
            log.atWarn().setCause(e).log("a report about a row is passed over");
            return;
        }
        if (!row.database().equals(database)) {
            return;
        }
        if (held.isEmpty()) {
            oldest = System.nanoTime();
        }
        Map<UUID, @Nullable String> rows =
                held.computeIfAbsent(row.table(), table -> new HashMap<>());
        String error = row.error();
        if (error == null || !rows.containsKey(row.id())) {
            rows.put(
                    row.id(),
                    error == null
                            ? null
                            : error.substring(0, Math.min(LONGEST_ERROR, error.length())));
        }
    }

    private void write(String table) {
        Map<UUID, @Nullable String> rows = held.getOrDefault(table, Map.of());
        try (Connection connection = databases.connect(database)) {
            stamped.increment(write(connection, TableRows.of(table), rows));
        } catch (SQLException e) {
            skipIfGone(table, SqlErrors.of(e, "stamping " + database + "/" + table));
        } catch (PrismException e) {
            skipIfGone(table, e);
        }
        held.remove(table);
    }

    private static int write(
            Connection connection, TableRows table, Map<UUID, @Nullable String> rows)
            throws SQLException {
        Map<UUID, String> errors = new TreeMap<>();
        Set<UUID> published = new HashSet<>();
        rows.forEach(
                (id, error) -> {
                    if (error == null) {
                        published.add(id);
                    } else {
                        errors.put(id, error);
                    }
                });
        int written = published.isEmpty() ? 0 : table.stamp(connection, published);
        return written + (errors.isEmpty() ? 0 : table.mark(connection, errors));
    }

    private void skipIfGone(String table, PrismException failure) {
        switch (failure.code()) {
            case TABLE_UNKNOWN, COLUMN_UNKNOWN, DATABASE_UNKNOWN -> {
                if (missing.add(table)) {
                    log.atWarn()
                            .setMessage("rows of a table that is no more are not stamped")
                            .addKeyValue("database", database)
                            .addKeyValue("table", table)
                            .setCause(failure)
                            .log();
                }
            }
            default -> throw failure;
        }
    }

    @Override
    public void release() {
        KafkaConsumer<byte[], byte[]> open = consumer;
        consumer = null;
        committedAt = Map.of();
        held.clear();
        if (open != null) {
            open.close(
                    CloseOptions.timeout(CLOSE)
                            .withGroupMembershipOperation(
                                    CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
    }
}
