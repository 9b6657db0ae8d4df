package io.prism.gateway.cache;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.NamespaceSpec;
import io.prism.gateway.cache.rows.RowCaches;
import io.prism.gateway.relation.TableName;
import io.prism.gateway.transact.CommittedRows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * First the database, then the cache: rows that transactions of Prism's have committed leave the
 * caches of namespaces that read the same database with {@code strategy: write-through}, before the
 * writer is answered, and are read back as they are then. A change that Redis does not confirm is
 * told again until it does; one of a gateway that dies meanwhile is made known by capture, or by
 * the ttl where there is none. Thread-safe.
 */
public final class WriteThrough implements CommittedRows {
    private static final Logger log = LoggerFactory.getLogger(WriteThrough.class);
    private static final long RETRY_MILLIS = 200;
    private static final long PATIENCE_MILLIS = 1_000;

    /** With more that wait, all rows of the namespace are forgotten instead. */
    private static final int MOST_WAITING = 1_000;

    private final RowCaches rows;
    private final Supplier<Collection<NamespaceSpec>> namespaces;
    private final Refill refill;
    private final Map<NamespaceName, Waiting> waiting = new HashMap<>();

    /** Reads a row back, so that it is in the cache before somebody asks for it. */
    @FunctionalInterface
    public interface Refill {
        /** Returns at once. */
        void begin(NamespaceSpec namespace, Row row);
    }

    /** What Redis has not confirmed. */
    private static final class Waiting {
        private final Set<Changed> rows = new LinkedHashSet<>();
        private boolean all;
    }

    private record Changed(String collection, RowCaches.Named row) {}

    /**
     * @param namespaces those there are when it is asked
     */
    public WriteThrough(
            RowCaches rows,
            Supplier<Collection<NamespaceSpec>> namespaces,
            Refill refill,
            ScheduledExecutorService scheduler) {
        this.rows = rows;
        this.refill = refill;
        this.namespaces = namespaces;
        var unused =
                scheduler.scheduleWithFixedDelay(
                        this::again, RETRY_MILLIS, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void committed(String database, List<Row> written) {
        List<CompletableFuture<Void>> told = new ArrayList<>();
        for (NamespaceSpec namespace : namespaces.get()) {
            if (rows.writesThrough(namespace.name())
                    && namespace.database().equals(Optional.of(database))) {
                for (Row row : written) {
                    if (reads(namespace, row.table())) {
                        CompletableFuture<Void> heard = tell(namespace.name(), row);
                        told.add(
                                named(namespace, row)
                                        ? heard.thenRun(() -> refill.begin(namespace, row))
                                        : heard);
                    }
                }
            }
        }
        try {
            CompletableFuture.allOf(told.toArray(CompletableFuture[]::new))
                    .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // What failed waits to be told again.
            log.atDebug().setMessage("a write could not be made known to a cache").log();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean reads(NamespaceSpec namespace, String table) {
        return namespace.collections().stream()
                .map(collection -> TableName.of(collection.relation()).toString())
                .anyMatch(table::equals);
    }

    private static boolean named(NamespaceSpec namespace, Row row) {
        return RowCaches.names(
                namespace, row.table(), row.key().getFieldsMap().keySet(), row.primaryKey());
    }

    private CompletableFuture<Void> tell(NamespaceName namespace, Row row) {
        return columns(row.key())
                .map(columns -> new RowCaches.Named(columns, row.primaryKey()))
                .map(
                        known ->
                                rows.changed(namespace, row.table(), known)
                                        .whenComplete(
                                                (done, failure) -> {
                                                    if (failure != null) {
                                                        later(
                                                                namespace,
                                                                new Changed(row.table(), known));
                                                    }
                                                }))
                .orElseGet(
                        () ->
                                rows.clear(namespace)
                                        .whenComplete(
                                                (done, failure) -> {
                                                    if (failure != null) {
                                                        allLater(namespace);
                                                    }
                                                }));
    }

    private synchronized void later(NamespaceName namespace, Changed changed) {
        Waiting its = waiting.computeIfAbsent(namespace, made -> new Waiting());
        if (!its.all && its.rows.add(changed) && its.rows.size() > MOST_WAITING) {
            its.all = true;
            its.rows.clear();
        }
    }

    private synchronized void allLater(NamespaceName namespace) {
        Waiting its = waiting.computeIfAbsent(namespace, made -> new Waiting());
        its.all = true;
        its.rows.clear();
    }

    /** Tells what waits, once more. */
    private void again() {
        Map<NamespaceName, Waiting> mine;
        synchronized (this) {
            if (waiting.isEmpty()) {
                return;
            }
            mine = Map.copyOf(waiting);
            waiting.clear();
        }
        mine.forEach(
                (namespace, its) -> {
                    if (its.all) {
                        outcome(() -> rows.clear(namespace))
                                .whenComplete(
                                        (done, failure) -> {
                                            if (failure != null) {
                                                allLater(namespace);
                                            }
                                        });
                    }
                    for (Changed row : its.rows) {
                        outcome(() -> rows.changed(namespace, row.collection(), row.row()))
                                .whenComplete(
                                        (done, failure) -> {
                                            if (failure != null) {
                                                later(namespace, row);
                                            }
                                        });
                    }
                });
    }

    /** What throws has failed, too: it is told again, and so are those behind it. */
    private static CompletableFuture<Void> outcome(Supplier<CompletableFuture<Void>> telling) {
        try {
            return telling.get();
        } catch (RuntimeException e) {
            log.atWarn().setMessage("a cache could not be told of a write").setCause(e).log();
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Rows whose cached state may be old until Redis answers. */
    synchronized int waiting() {
        return waiting.values().stream().mapToInt(its -> its.all ? 1 : its.rows.size()).sum();
    }

    /**
     * The texts that keys are made of, as {@link io.prism.core.cache.KeyText} writes them.
     *
     * @return empty where that cannot be told without knowing the columns' types
     */
    private static Optional<Map<String, String>> columns(Struct key) {
        Map<String, String> columns = new HashMap<>();
        for (Map.Entry<String, Value> column : key.getFieldsMap().entrySet()) {
            Value value = column.getValue();
            switch (value.getKindCase()) {
                case STRING_VALUE -> columns.put(column.getKey(), value.getStringValue());
                case BOOL_VALUE ->
                        columns.put(column.getKey(), String.valueOf(value.getBoolValue()));
                case NUMBER_VALUE -> {
                    double number = value.getNumberValue();
                    if (number != Math.rint(number) || Math.abs(number) >= 1L << 53) {
                        return Optional.empty();
                    }
                    columns.put(column.getKey(), String.valueOf((long) number));
                }
                default -> {
                    return Optional.empty();
                }
            }
            // A numeric's zeros at its end are not part of a key, and a text's are.
            String text = columns.getOrDefault(column.getKey(), "");
            if (text.matches("-?[0-9]+\\.[0-9]*0")) {
                return Optional.empty();
            }
        }
        return Optional.of(Map.copyOf(columns));
    }
}
