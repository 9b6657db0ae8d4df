package io.prism.streams.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.database.Databases;
import io.prism.streams.kafka.KafkaClients;
import io.prism.streams.metrics.StreamsMetric;
import io.prism.streams.role.Parts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/**
 * Everything that is done with the tables of one database: stamping, removing, looking for late
 * rows, polling. Updated by one thread.
 */
final class DatabaseWork implements AutoCloseable {
    private final String database;
    private final Databases databases;
    private final KafkaClients clients;
    private final MeterRegistry meters;
    private final RelayProgress progress;
    private final Parts parts = new Parts();
    private final List<Loop> loops = new ArrayList<>();
    private final Map<String, Loop> pollers = new ConcurrentHashMap<>();
    private volatile Map<String, WatchedTable> tables;

    /**
     * Starts.
     *
     * @param group the relay's
     */
    DatabaseWork(
            String database,
            Map<String, WatchedTable> tables,
            Databases databases,
            KafkaClients clients,
            Admin admin,
            MeterRegistry meters,
            String group,
            Duration latePatience) {
        this.database = database;
        this.tables = tables;
        this.databases = databases;
        this.clients = clients;
        this.meters = meters;
        String stampers = group + ".stamper." + database;
        this.progress = new RelayProgress(admin, clients.loneConsumer(), group, stampers, database);
        loop(
                "outbox stamper of " + database,
                new Stamper(
                        database,
                        databases,
                        clients.groupConsumer(stampers),
                        () -> this.tables,
                        StreamsMetric.OUTBOX_STAMPED.counter(meters, "database", database)));
        loop(
                "outbox retention of " + database,
                new Retention(
                        database,
                        databases,
                        () -> this.tables,
                        StreamsMetric.OUTBOX_REMOVED.counter(meters, "database", database)));
        loop(
                "outbox late rows of " + database,
                new LateRows(
                        database,
                        databases,
                        () -> this.tables,
                        senders("prism.outbox.late." + database),
                        progress,
                        latePatience,
                        StreamsMetric.OUTBOX_RESENT.counter(meters, "database", database)));
        update(tables);
    }

    private void loop(String name, Loop.Work work) {
        loops.add(parts.own(new Loop(name, work)));
    }

    private Supplier<RowSender> senders(String name) {
        return () -> new RowSender(clients.transactionalProducer(name), database);
    }

    /** What the namespaces want now. */
    void update(Map<String, WatchedTable> now) {
        tables = now;
        pollers.forEach(
                (label, poller) -> {
                    WatchedTable table = now.get(label);
                    if (table == null || !table.polled()) {
                        pollers.remove(label);
                        poller.close();
                    }
                });
        now.forEach(
                (label, table) -> {
                    if (table.polled()) {
                        pollers.computeIfAbsent(label, added -> poll(added, table));
                    }
                });
    }

    private Loop poll(String label, WatchedTable first) {
        return new Loop(
                "outbox poller of " + database + "/" + label,
                new Poller(
                        database,
                        databases,
                        () -> tables.getOrDefault(label, first),
                        senders("prism.outbox.poll." + database + "." + label),
                        progress,
                        StreamsMetric.OUTBOX_RESENT.counter(meters, "database", database)));
    }

    /** Why something is not done right now; empty when all is well. */
    String problem() {
        return Stream.concat(loops.stream(), pollers.values().stream())
                .map(Loop::problem)
                .filter(problem -> !problem.isEmpty())
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        pollers.values().forEach(Loop::close);
        parts.close();
    }
}
