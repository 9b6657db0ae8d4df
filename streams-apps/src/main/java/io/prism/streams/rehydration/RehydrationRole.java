package io.prism.streams.rehydration;

import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.table.InternalTopic;
import io.prism.streams.kafka.Tables;
import io.prism.streams.kafka.TablesFollower;
import io.prism.streams.metrics.StreamsMetric;
import io.prism.streams.role.Role;
import io.prism.streams.role.RoleContext;
import io.prism.topologies.rehydration.Rehydration;
import io.prism.topologies.rehydration.RouteTable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Metric;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka Streams application for the topics of all namespaces, and a thread that follows which
 * those are. Any number of processes share the work.
 */
public final class RehydrationRole implements Role {
    public static final String NAME = "rehydration";

    private static final Logger log = LoggerFactory.getLogger(RehydrationRole.class);
    private static final Duration GLANCE = Duration.ofMillis(200);
    private static final Duration REFRESH = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(10);

    private final RehydrationConfig config;
    private final RoleContext context;
    private final RouteTable routes = new RouteTable();
    private final CompletableFuture<String> gaveUp = new CompletableFuture<>();
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private @Nullable KafkaStreams streams;
    private volatile boolean closed;
    private volatile boolean found = true;

    /** With the defaults. */
    public RehydrationRole(RoleContext context) {
        this(RehydrationConfig.DEFAULT, context);
    }

    public RehydrationRole(RehydrationConfig config, RoleContext context) {
        this.config = config;
        this.context = context;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void start() {
        try {
            ExecutorService blocking =
                    Executors.newThreadPerTaskExecutor(
                            Thread.ofVirtual().name("rehydration-", 0).factory());
            parts.push(blocking::shutdownNow);
            Admin admin = Admin.create(RehydrationSettings.admin(config, context));
            parts.push(() -> admin.close(Duration.ofSeconds(2)));
            InternalTopic.NAMESPACES.ensure(admin);
            LifecycleTopics.ALL.forEach(topic -> topic.ensure(admin));
            TablesFollower tables =
                    new TablesFollower(
                            List.of(InternalTopic.NAMESPACES.name()),
                            admin,
                            RehydrationSettings.table(config, context),
                            context.clock(),
                            known -> {});
            parts.push(tables);
            RouteFinder finder =
                    new RouteFinder(new DerivedTopics(admin), context.claims(), routes);
            Thread finding =
                    Thread.ofPlatform()
                            .daemon()
                            .name("rehydration-routes")
                            .start(() -> find(tables, finder));
            parts.push(() -> finding.join(STOP));
            streams = run(blocking);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private KafkaStreams run(ExecutorService blocking) {
        Rehydration rehydration =
                new Rehydration(
                        routes,
                        blocking,
                        config.memory(),
                        config.urlValidity(),
                        new RehydrationMeters(context.meters()));
        StreamsMetric.REHYDRATION_HELD.gauge(context.meters(), rehydration::heldRecords);
        StreamsMetric.REHYDRATION_HELD_BYTES.gauge(context.meters(), rehydration::heldBytes);
        StreamsMetric.REHYDRATION_TOPICS.gauge(context.meters(), routes::size);
        KafkaStreams application =
                new KafkaStreams(
                        rehydration.topology(),
                        RehydrationSettings.streams(config, context),
                        rehydration.clients());
        application.setUncaughtExceptionHandler(this::replaced);
        StreamsMetric.RUNNING.gauge(
                context.meters(),
                () -> application.state() == KafkaStreams.State.RUNNING ? 1 : 0,
                "topology",
                NAME);
        StreamsMetric.LAG.gauge(
                context.meters(),
                () -> unread(application) + rehydration.heldRecords(),
                "topology",
                NAME);
        application.setStateListener(
                (now, before) -> {
                    log.atInfo()
                            .setMessage("rehydration changes state")
                            .addKeyValue("from", before)
                            .addKeyValue("to", now)
                            .log();
                    if (now == KafkaStreams.State.ERROR) {
                        gaveUp.complete("rehydration failed; its log says why");
                    }
                });
        parts.push(() -> application.close(STOP));
        application.start();
        return application;
    }

    private StreamThreadExceptionResponse replaced(Throwable failure) {
        log.atError().setMessage("a stream thread is replaced").setCause(failure).log();
        StreamsMetric.THREAD_FAILURES.counter(context.meters(), "topology", NAME).increment();
        pause(); // on the thread that failed, not to spin while Kafka is away
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(REFRESH.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Records in Kafka that the consumers of this process have not read. */
    private static double unread(KafkaStreams application) {
        return application.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("records-lag"))
                .filter(metric -> metric.metricName().tags().containsKey("partition"))
                .map(Metric::metricValue)
                .filter(Double.class::isInstance)
                .mapToDouble(Double.class::cast)
                .filter(records -> !Double.isNaN(records))
                .sum();
    }

    private void find(TablesFollower tables, RouteFinder finder) {
        NamespaceReader reader = new NamespaceReader();
        long version = -1;
        long refreshed = 0;
        while (!closed) {
            Tables known = tables.known();
            long now = System.nanoTime();
            if (known.version() != version || now - refreshed >= REFRESH.toNanos()) {
                version = known.version();
                refreshed = now;
                found =
                        finder.tryRefresh(
                                reader.namespaces(known.of(InternalTopic.NAMESPACES.name())), now);
            }
            try {
                TimeUnit.NANOSECONDS.sleep(GLANCE.toNanos());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public String problem() {
        KafkaStreams running = streams;
        if (running == null) {
            return "rehydration is starting";
        }
        KafkaStreams.State state = running.state();
        if (!state.isRunningOrRebalancing() && state != KafkaStreams.State.CREATED) {
            return "rehydration is " + state;
        }
        return found ? "" : "namespaces and topics cannot be followed";
    }

    /** How many topics are rehydrated now. */
    public int topics() {
        return routes.size();
    }

    @Override
    public CompletableFuture<String> gaveUp() {
        return gaveUp;
    }

    /** The last started is closed first. */
    @Override
    public void close() {
        closed = true;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                log.atWarn().setMessage("a part did not close cleanly").setCause(e).log();
            }
        }
    }
}
