package io.prism.connectors.reconcile;

import io.prism.connectors.connect.ConnectRuntime;
import io.prism.connectors.connect.ConnectorStatus;
import io.prism.connectors.debezium.ConnectorConfigs;
import io.prism.connectors.debezium.WantedConnector;
import io.prism.core.database.Databases;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.table.InternalTopic;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a Connect runtime run the connectors that the namespaces need, again and again. What it
 * does is idempotent and decided anew each time, so any number of them may run at once. Connectors
 * that Prism has not made are left alone.
 */
public final class Reconciler implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);
    private static final Duration STOP = Duration.ofSeconds(3);

    private final ConnectRuntime runtime;
    private final Knowledge knowledge;
    private final ConnectorConfigs configs;
    private final DatabaseSide databases;
    private final ReconcilerSettings settings;
    private final Clock clock;
    private final Backoff restarts;

    /** What has been prepared, so that it is done once. */
    private final Map<String, List<OutboxTable>> prepared = new HashMap<>();

    /** Databases whose connector has gone, and whose slot is to go. */
    private final Set<String> unneeded = new TreeSet<>();

    private final Semaphore wake = new Semaphore(0);
    private @Nullable Thread thread;
    private volatile boolean closed;
    private volatile List<ConnectorReport> reports = List.of();
    private volatile String problem = "starting";

    /**
     * @param namespaces answers at once
     * @param topics makes a topic where it is not there; blocks
     */
    public Reconciler(
            ConnectRuntime runtime,
            Supplier<KnownNamespaces> namespaces,
            ConnectorConfigs configs,
            Databases databases,
            Consumer<InternalTopic> topics,
            ReconcilerSettings settings,
            Clock clock) {
        this(runtime, namespaces, configs, new PostgresSide(databases, topics), settings, clock);
    }

    Reconciler(
            ConnectRuntime runtime,
            Supplier<KnownNamespaces> namespaces,
            ConnectorConfigs configs,
            DatabaseSide databases,
            ReconcilerSettings settings,
            Clock clock) {
        this.runtime = runtime;
        this.knowledge = new Knowledge(namespaces, clock);
        this.configs = configs;
        this.databases = databases;
        this.settings = settings;
        this.clock = clock;
        this.restarts = new Backoff(settings.firstRestart(), settings.lastRestart());
    }

    /** Begins to work, on a thread of its own. */
    public void start() {
        thread = Thread.ofPlatform().daemon().name("connectors").start(this::work);
    }

    /** Look now: the namespaces have changed. Returns at once. */
    public void changed() {
        wake.release();
    }

    /** How each database's connector does, as of the last look; in the order of databases. */
    public List<ConnectorReport> reports() {
        return reports;
    }

    /** Why not everything is as the namespaces say; empty if it is. */
    public String problem() {
        return problem;
    }

    private void work() {
        while (!closed) {
            Duration pause = settings.interval();
            try {
                reconcile();
            } catch (RuntimeException e) {
                pause = settings.firstRestart();
                if (!closed) {
                    failed(e);
                }
            }
            try {
                if (wake.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void failed(RuntimeException e) {
        String words = String.valueOf(e.getMessage());
        if (!words.equals(problem)) {
            log.atWarn()
                    .setMessage("connectors cannot be reconciled now; trying again")
                    .setCause(e)
                    .log();
        }
        problem = words;
    }

    /**
     * Looks once, and does what is to be done; blocks.
     *
     * @throws PrismException if the runtime cannot be asked, or the namespaces are not known
     */
    void reconcile() {
        Map<String, Map<String, String>> actual = prisms(runtime.connectors());
        // Asked for afterwards: whatever connector there is, its namespace is in here.
        KnownNamespaces known = knowledge.now();
        Map<String, WantedConnector> wanted = wanted(known);
        List<ConnectorReport> seen = new ArrayList<>();
        wanted.forEach((name, one) -> seen.add(ensure(one, actual.get(name))));
        reports = List.copyOf(seen);
        if (known.complete()) {
            remove(actual, wanted.keySet());
        }
        problem =
                seen.stream()
                        .filter(report -> !report.error().isEmpty())
                        .map(report -> report.connector() + ": " + report.error())
                        .collect(Collectors.joining("; "));
    }

    private static Map<String, WantedConnector> wanted(KnownNamespaces known) {
        Map<String, WantedConnector> wanted = new TreeMap<>();
        ConnectorConfigs.wanted(known.specs()).forEach(one -> wanted.put(one.name(), one));
        return wanted;
    }

    private static Map<String, Map<String, String>> prisms(
            Map<String, Map<String, String>> connectors) {
        Map<String, Map<String, String>> prisms = new TreeMap<>();
        connectors.forEach(
                (name, config) -> {
                    if (name.startsWith(WantedConnector.PREFIX)
                            && ConnectorConfigs.isPrisms(config)) {
                        prisms.put(name, config);
                    }
                });
        return prisms;
    }

    /** One database's trouble is not another's. */
    private ConnectorReport ensure(WantedConnector wanted, @Nullable Map<String, String> actual) {
        String database = wanted.database();
        unneeded.remove(database);
        if (actual == null) {
            prepared.remove(database);
        }
        try {
            prepare(wanted);
            Map<String, String> config = configs.config(database);
            if (!config.equals(actual)) {
                runtime.put(wanted.name(), config);
                log.atInfo()
                        .setMessage(actual == null ? "connector made" : "connector changed")
                        .addKeyValue("connector", wanted.name())
                        .addKeyValue("database", database)
                        .log();
            }
            return observe(wanted);
        } catch (PrismException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            prepared.remove(database);
            String words = String.valueOf(e.getMessage());
            log.atWarn()
                    .setMessage("a connector is not as it should be; trying again")
                    .addKeyValue("connector", wanted.name())
                    .setCause(e)
                    .log();
            return new ConnectorReport(database, wanted.name(), "UNKNOWN", words);
        }
    }

    private void prepare(WantedConnector wanted) {
        if (!wanted.tables().equals(prepared.get(wanted.database()))) {
            databases.prepare(wanted);
            prepared.put(wanted.database(), wanted.tables());
        }
    }

    private ConnectorReport observe(WantedConnector wanted) {
        String name = wanted.name();
        Optional<ConnectorStatus> status = runtime.status(name);
        Optional<String> failure = status.flatMap(ConnectorStatus::failure);
        if (failure.isPresent()) {
            prepared.remove(wanted.database());
            if (restarts.due(name, clock.instant())) {
                log.atWarn()
                        .setMessage("a connector has failed; restarting it")
                        .addKeyValue("connector", name)
                        .addKeyValue("error", failure.get())
                        .log();
                runtime.restartFailed(name);
            }
        } else if (status.filter(ConnectorStatus::running).isPresent()) {
            restarts.well(name, clock.instant());
        }
        return new ConnectorReport(
                wanted.database(),
                name,
                status.map(ConnectorStatus::state).orElse("STARTING"),
                failure.orElse(""));
    }

    private void remove(Map<String, Map<String, String>> actual, Set<String> wanted) {
        actual.forEach(
                (name, config) -> {
                    if (!wanted.contains(name)) {
                        runtime.delete(name);
                        String database = ConnectorConfigs.database(config);
                        prepared.remove(database);
                        unneeded.add(database);
                        log.atInfo()
                                .setMessage("connector removed: no namespace needs it any more")
                                .addKeyValue("connector", name)
                                .log();
                    }
                });
        if (settings.dropUnused()) {
            unneeded.removeIf(database -> databases.drop(database, () -> stillUnneeded(database)));
        }
    }

    /** By what is known now: whoever prepares the database from here on makes the slot anew. */
    private boolean stillUnneeded(String database) {
        KnownNamespaces known = knowledge.now();
        return known.complete()
                && !wanted(known).containsKey(WantedConnector.name(database))
                && !runtime.connectors().containsKey(WantedConnector.name(database));
    }

    /** Connectors go on without it. Idempotent; blocks. */
    @Override
    public void close() {
        closed = true;
        wake.release();
        Thread running = thread;
        if (running != null) {
            try {
                if (!running.join(STOP)) {
                    running.interrupt();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
