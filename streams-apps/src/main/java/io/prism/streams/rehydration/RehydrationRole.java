package io.prism.streams.rehydration;

import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.table.InternalTopic;
import io.prism.streams.kafka.NamespaceReader;
import io.prism.streams.kafka.RunningTopology;
import io.prism.streams.kafka.Tables;
import io.prism.streams.kafka.TablesFollower;
import io.prism.streams.kafka.TopologyPlan;
import io.prism.streams.metrics.StreamsMetric;
import io.prism.streams.role.Parts;
import io.prism.streams.role.Role;
import io.prism.streams.role.RoleContext;
import io.prism.topologies.rehydration.Rehydration;
import io.prism.topologies.rehydration.RouteTable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka Streams application for the topics of all namespaces, and a thread that follows which
 * those are. Any number of processes share the work.
 */
public final class RehydrationRole implements Role {
    public static final String NAME = "rehydration";

    private static final Duration GLANCE = Duration.ofMillis(200);
    private static final Duration REFRESH = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(10);

    private final RehydrationConfig config;
    private final RoleContext context;
    private final RouteTable routes = new RouteTable();
    private final CompletableFuture<String> gaveUp = new CompletableFuture<>();
    private final Parts parts = new Parts();
    private @Nullable RunningTopology topology;
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
            parts.closing(blocking::shutdownNow);
            Admin admin = Admin.create(RehydrationSettings.admin(config, context));
            parts.closing(() -> admin.close(Duration.ofSeconds(2)));
            InternalTopic.NAMESPACES.ensure(admin);
            LifecycleTopics.ALL.forEach(topic -> topic.ensure(admin));
            TablesFollower tables =
                    new TablesFollower(
                            List.of(InternalTopic.NAMESPACES.name()),
                            admin,
                            RehydrationSettings.table(config, context),
                            context.clock(),
                            known -> {});
            parts.own(tables);
            RouteFinder finder =
                    new RouteFinder(new DerivedTopics(admin), context.claims(), routes);
            Thread finding =
                    Thread.ofPlatform()
                            .daemon()
                            .name("rehydration-routes")
                            .start(() -> find(tables, finder));
            parts.closing(() -> finding.join(STOP));
            topology = run(blocking);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private RunningTopology run(ExecutorService blocking) {
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
        RunningTopology running =
                parts.own(
                        new RunningTopology(
                                new TopologyPlan(
                                        NAME,
                                        rehydration.topology(),
                                        RehydrationSettings.streams(config, context),
                                        Optional.of(rehydration.clients()),
                                        () -> (double) rehydration.heldRecords(),
                                        Integer.MAX_VALUE),
                                context.meters(),
                                context.clock()));
        running.gaveUp().thenAccept(gaveUp::complete);
        running.start();
        return running;
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
        RunningTopology running = topology;
        if (running == null) {
            return "rehydration is starting";
        }
        if (!running.problem().isEmpty()) {
            return running.problem();
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
        parts.close();
    }
}
