package io.prism.connectors.reconcile;

import io.prism.connectors.connect.ConnectRuntime;
import io.prism.connectors.connect.ConnectorStatus;
import io.prism.connectors.debezium.ConnectorConfigs;
import io.prism.connectors.debezium.Leftover;
import io.prism.connectors.debezium.Wanted;
import io.prism.core.database.Databases;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.table.InternalTopic;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
    private final Backoff removals;

    /** What has been prepared, by its name, so that it is done once. */
    private final Map<String, Wanted> prepared = new HashMap<>();

    /** What connectors that have gone left behind, and is to go. */
    private final Set<Leftover> unneeded = new TreeSet<>();

    /** Why what is to go has not gone, by its connector. */
    private final Map<String, String> stuck = new TreeMap<>();

    /** What nobody needed and nobody read at the last look; a namespace may be about to need it. */
    private Set<Leftover> idle = Set.of();

    /** When to look next for what this process has not noted: it was not there then. */
    private Instant search = Instant.MIN;

    private final Semaphore wake = new Semaphore(0);
    private @Nullable Thread thread;
    private volatile boolean closed;
    private volatile List<ConnectorReport> reports = List.of();
    private volatile String problem = "starting";

    /**
     * @param namespaces answers at once
     * @param topics makes a topic where it is not there; blocks
     * @param cluster the Kafka cluster's id; blocks
     */
    public Reconciler(
            ConnectRuntime runtime,
            Supplier<KnownNamespaces> namespaces,
            ConnectorConfigs configs,
            Databases databases,
            Consumer<InternalTopic> topics,
            Supplier<String> cluster,
            ReconcilerSettings settings,
            Clock clock) {
        this(
                runtime,
                namespaces,
                configs,
                new PostgresSide(databases, topics, cluster),
                settings,
                clock);
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
        this.removals = new Backoff(settings.firstRestart(), settings.lastRestart());
    }

    /** Begins to work, on a thread of its own. */
    public void start() {
        thread = Thread.ofPlatform().daemon().name("connectors").start(this::work);
    }

    /** Look now: the namespaces have changed. Returns at once. */
    public void changed() {
        wake.release();
    }

    /** How each connector does, as of the last look; in the order in which they are made. */
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
        Map<String, Wanted> wanted = wanted(known);
        List<ConnectorReport> seen = new ArrayList<>();
        wanted.forEach((name, one) -> seen.add(ensure(one, actual.get(name))));
        reports = List.copyOf(seen);
        List<String> problems = new ArrayList<>();
        seen.stream()
                .filter(report -> !report.error().isEmpty())
                .forEach(report -> problems.add(report.connector() + ": " + report.error()));
        if (known.complete()) {
            problems.addAll(remove(actual, wanted.keySet()));
        }
        problem = String.join("; ", problems);
    }

    /** In the order in which they are made. */
    private static Map<String, Wanted> wanted(KnownNamespaces known) {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        ConnectorConfigs.all(known.specs()).forEach(one -> wanted.put(one.name(), one));
        return wanted;
    }

    private static Map<String, Map<String, String>> prisms(
            Map<String, Map<String, String>> connectors) {
        Map<String, Map<String, String>> prisms = new TreeMap<>();
        connectors.forEach(
                (name, config) -> {
                    if (name.startsWith(Wanted.PREFIX) && ConnectorConfigs.isPrisms(config)) {
                        prisms.put(name, config);
                    }
                });
        return prisms;
    }

    /** One connector's trouble is not another's. */
    private ConnectorReport ensure(Wanted wanted, @Nullable Map<String, String> actual) {
        unneeded.removeIf(leftover -> leftover.connector().equals(wanted.name()));
        if (actual == null) {
            prepared.remove(wanted.name());
        }
        try {
            prepare(wanted);
            Map<String, String> config = configs.config(wanted);
            if (!config.equals(actual)) {
                if (actual != null && ConnectorConfigs.beginsAnew(wanted, actual, config)) {
                    // With its offsets: to be told twice is harmless, not to be told is not.
                    runtime.delete(wanted.name());
                }
                runtime.put(wanted.name(), config);
                log.atInfo()
                        .setMessage(actual == null ? "connector made" : "connector changed")
                        .addKeyValue("connector", wanted.name())
                        .addKeyValue("database", wanted.database())
                        .log();
            }
            return observe(wanted);
        } catch (PrismException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            prepared.remove(wanted.name());
            String words = String.valueOf(e.getMessage());
            log.atWarn()
                    .setMessage("a connector is not as it should be; trying again")
                    .addKeyValue("connector", wanted.name())
                    .setCause(e)
                    .log();
            return ConnectorReport.of(wanted, "UNKNOWN", words);
        }
    }

    private void prepare(Wanted wanted) {
        if (!wanted.equals(prepared.get(wanted.name()))) {
            databases.prepare(wanted);
            prepared.put(wanted.name(), wanted);
        }
    }

    private ConnectorReport observe(Wanted wanted) {
        String name = wanted.name();
        Optional<ConnectorStatus> status = runtime.status(name);
        Optional<String> failure = status.flatMap(ConnectorStatus::failure);
        if (failure.isPresent()) {
            prepared.remove(name);
            if (restarts.due(name, clock.instant())) {
                log.atWarn()
                        .setMessage("a connector has failed; restarting it")
                        .addKeyValue("connector", name)
                        .addKeyValue("error", failure.get())
                        .log();
                runtime.restartFailed(name);
            }
        } else if (status.filter(ConnectorStatus::stopped).isPresent()) {
            // Whoever began to remove it did not come to the end, and it is needed again.
            log.atInfo()
                    .setMessage("a connector that is needed was stopped; it goes on")
                    .addKeyValue("connector", name)
                    .log();
            runtime.resume(name);
        } else if (status.filter(ConnectorStatus::running).isPresent()) {
            restarts.well(name, clock.instant());
        }
        return ConnectorReport.of(
                wanted, status.map(ConnectorStatus::state).orElse("STARTING"), failure.orElse(""));
    }

    /** What could not be removed, and why. */
    private List<String> remove(Map<String, Map<String, String>> actual, Set<String> wanted) {
        stuck.keySet().removeIf(name -> wanted.contains(name) || !actual.containsKey(name));
        actual.forEach(
                (name, config) -> {
                    if (!wanted.contains(name)) {
                        // Noted first: what is told to go may have gone whatever the answer is.
                        ConnectorConfigs.leftover(name, config).ifPresent(unneeded::add);
                        prepared.remove(name);
                        if (!stuck.containsKey(name) || removals.due(name, clock.instant())) {
                            delete(name);
                        }
                    }
                });
        if (settings.dropUnused()) {
            search(actual.keySet(), wanted);
            unneeded.removeIf(
                    leftover -> !stuck.containsKey(leftover.connector()) && drop(leftover));
        }
        List<String> problems = new ArrayList<>();
        stuck.forEach((name, why) -> problems.add(name + ": " + why));
        return problems;
    }

    /** One connector's trouble is not another's: a sink may take a minute to let go. */
    private void delete(String name) {
        try {
            runtime.delete(name);
        } catch (PrismException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            String why = String.valueOf(e.getMessage());
            if (!why.equals(stuck.put(name, why))) {
                log.atWarn()
                        .setMessage("a connector that nobody needs cannot be removed; trying again")
                        .addKeyValue("connector", name)
                        .setCause(e)
                        .log();
            }
            return;
        }
        stuck.remove(name);
        removals.well(name, clock.instant());
        log.atInfo()
                .setMessage("connector removed: no namespace needs it any more")
                .addKeyValue("connector", name)
                .log();
    }

    /**
     * What is noted in memory only is forgotten by a process that ends. What is found goes if it is
     * found once more: a namespace is prepared before it is announced.
     */
    private void search(Set<String> actual, Set<String> wanted) {
        if (clock.instant().isBefore(search)) {
            return;
        }
        Set<Leftover> found = new TreeSet<>();
        for (Leftover leftover : databases.idle()) {
            if (!wanted.contains(leftover.connector()) && !actual.contains(leftover.connector())) {
                found.add(leftover);
            }
        }
        found.stream().filter(idle::contains).forEach(unneeded::add);
        idle = found;
        search =
                clock.instant()
                        .plus(found.isEmpty() ? settings.search() : settings.search().dividedBy(4));
    }

    /** One database's trouble is not another's. */
    private boolean drop(Leftover leftover) {
        try {
            return databases.drop(leftover, () -> stillUnneeded(leftover.connector()));
        } catch (PrismException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            log.atWarn()
                    .setMessage("what a connector has left cannot be dropped; trying again")
                    .addKeyValue("connector", leftover.connector())
                    .addKeyValue("database", leftover.database())
                    .setCause(e)
                    .log();
            return false;
        }
    }

    /** By what is known now: whoever prepares the database from here on makes the slot anew. */
    private boolean stillUnneeded(String connector) {
        KnownNamespaces known = knowledge.now();
        return known.complete()
                && !wanted(known).containsKey(connector)
                && !runtime.connectors().containsKey(connector);
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
