package io.prism.streams.outbox;

import io.prism.core.outbox.OutboxTable;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec.Outbox;
import io.prism.core.spec.PatternSpec.Publisher;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * An outbox table as all namespaces that share it want it: the shortest interval, the largest
 * batches, the longest retention.
 */
record WatchedTable(
        OutboxTable table, boolean polled, Duration interval, int batchSize, Duration retention) {
    private static WatchedTable of(Outbox outbox) {
        Publisher publisher = outbox.publisher();
        return new WatchedTable(
                OutboxTable.of(outbox),
                publisher.mode() == Publisher.Mode.POLLING,
                publisher.interval(),
                publisher.batchSize(),
                outbox.retention());
    }

    /** By database, and there by the table's label. */
    static Map<String, Map<String, WatchedTable>> of(Collection<NamespaceSpec> namespaces) {
        Map<String, Map<String, WatchedTable>> databases = new TreeMap<>();
        for (NamespaceSpec spec : namespaces) {
            spec.pattern(Outbox.class)
                    .ifPresent(
                            outbox -> {
                                Map<String, WatchedTable> tables =
                                        databases.computeIfAbsent(
                                                outbox.database(), d -> new TreeMap<>());
                                if (!OutboxTable.isNone(outbox)) {
                                    WatchedTable one = of(outbox);
                                    tables.merge(one.table.label(), one, WatchedTable::with);
                                }
                            });
        }
        return databases;
    }

    /** The log wins over polling: it brings every row of the table. */
    private WatchedTable with(WatchedTable other) {
        return new WatchedTable(
                table,
                polled && other.polled,
                min(interval, other.interval),
                Math.max(batchSize, other.batchSize),
                max(retention, other.retention));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
