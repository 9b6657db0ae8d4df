package io.prism.streams.outbox;

import io.prism.core.outbox.OutboxTopics;
import io.prism.streams.kafka.KafkaClients;
import io.prism.streams.role.RoleContext;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins and ends the work on databases as namespaces come and go. */
final class DatabasesWork implements Loop.Work, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DatabasesWork.class);
    private static final Duration GLANCE = Duration.ofMillis(200);

    private final RoleContext context;
    private final KafkaClients clients;
    private final Admin admin;
    private final String group;
    private final Duration latePatience;
    private final Supplier<Map<String, Map<String, WatchedTable>>> wanted;
    private final Set<String> topicsReady = new HashSet<>();
    private final Map<String, DatabaseWork> working = new ConcurrentHashMap<>();
    private final Map<String, String> unknown = new ConcurrentHashMap<>();
    private Map<String, Map<String, WatchedTable>> current = Map.of();

    /**
     * @param wanted tables by database, as the namespaces declare them now
     */
    DatabasesWork(
            RoleContext context,
            KafkaClients clients,
            Admin admin,
            String group,
            Duration latePatience,
            Supplier<Map<String, Map<String, WatchedTable>>> wanted) {
        this.context = context;
        this.clients = clients;
        this.admin = admin;
        this.group = group;
        this.latePatience = latePatience;
        this.wanted = wanted;
    }

    @Override
    public Duration step() {
        Map<String, Map<String, WatchedTable>> now = wanted.get();
        if (!now.equals(current)) {
            working.forEach(
                    (database, work) -> {
                        if (!now.containsKey(database)) {
                            working.remove(database);
                            work.close();
                        }
                    });
            unknown.keySet().retainAll(now.keySet());
            new TreeMap<>(now).forEach(this::bring);
            current = now;
        }
        return GLANCE;
    }

    private void bring(String database, Map<String, WatchedTable> tables) {
        if (topicsReady.add(database)) {
            try {
                OutboxTopics.rows(database).ensure(admin);
            } catch (RuntimeException e) {
                topicsReady.remove(database);
                throw e;
            }
        }
        if (!context.databases().knows(database)) {
            if (unknown.put(
                            database,
                            "database "
                                    + database
                                    + " is not configured here; its rows are relayed, and not"
                                    + " stamped")
                    == null) {
                log.atWarn()
                        .setMessage("an outbox is in a database that is not configured here")
                        .addKeyValue("database", database)
                        .log();
            }
            return;
        }
        DatabaseWork known = working.get(database);
        if (known == null) {
            working.put(
                    database,
                    new DatabaseWork(
                            database,
                            tables,
                            context.databases(),
                            clients,
                            admin,
                            context.meters(),
                            group,
                            latePatience));
        } else {
            known.update(tables);
        }
    }

    /** Why something is not done right now; empty when all is well. */
    String problem() {
        for (DatabaseWork work : working.values()) {
            if (!work.problem().isEmpty()) {
                return work.problem();
            }
        }
        return unknown.values().stream().sorted().findFirst().orElse("");
    }

    @Override
    public void close() {
        working.values().forEach(DatabaseWork::close);
        working.clear();
    }
}
