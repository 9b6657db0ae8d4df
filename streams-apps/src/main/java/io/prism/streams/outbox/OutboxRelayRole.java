package io.prism.streams.outbox;

import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.outbox.OutboxTopics;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.table.InternalTopic;
import io.prism.streams.kafka.KafkaClients;
import io.prism.streams.kafka.NamespaceReader;
import io.prism.streams.kafka.RunningTopology;
import io.prism.streams.kafka.Tables;
import io.prism.streams.kafka.TablesFollower;
import io.prism.streams.kafka.TopologyPlan;
import io.prism.streams.role.Parts;
import io.prism.streams.role.Role;
import io.prism.streams.role.RoleContext;
import io.prism.topologies.outboxrelay.OutboxRelayTopology;
import io.prism.topologies.outboxrelay.Routes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * Relays the outbox rows of all databases, and keeps their tables: what was relayed is stamped and,
 * later, removed. Any number of processes share the work.
 */
public final class OutboxRelayRole implements Role {
    public static final String NAME = "outbox-relay";

    private static final String APPLICATION = "prism." + NAME;
    private static final String NAMESPACES = InternalTopic.NAMESPACES.name();

    private final OutboxRelayConfig config;
    private final RoleContext context;
    private final Parts parts = new Parts();
    private final CompletableFuture<String> gaveUp = new CompletableFuture<>();
    private final NamespaceReader reader = new NamespaceReader();

    private long seenVersion = -1;
    private volatile Routes routes = Routes.of(Instant.MIN, -1, List.of());
    private volatile Map<String, Map<String, WatchedTable>> wanted = Map.of();

    private volatile @Nullable TablesFollower tables;
    private volatile @Nullable RunningTopology topology;
    private volatile @Nullable DatabasesWork databases;
    private volatile @Nullable Loop bringing;

    /** With the defaults. */
    public OutboxRelayRole(RoleContext context) {
        this(OutboxRelayConfig.DEFAULT, context);
    }

    public OutboxRelayRole(OutboxRelayConfig config, RoleContext context) {
        this.config = config;
        this.context = context;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void start() {
        KafkaClients clients = new KafkaClients(context.bootstrap(), context.state());
        Admin admin = parts.own(clients.admin());
        Stream.concat(
                        Stream.of(
                                InternalTopic.NAMESPACES, OutboxTopics.RELAYED, OutboxTopics.DEAD),
                        LifecycleTopics.ALL.stream())
                .forEach(topic -> topic.ensure(admin));
        tables =
                parts.own(
                        new TablesFollower(
                                List.of(NAMESPACES),
                                admin,
                                clients.loneConsumer(),
                                context.clock(),
                                this::follow));
        DatabasesWork work =
                parts.own(
                        new DatabasesWork(
                                context,
                                clients,
                                admin,
                                APPLICATION,
                                config.latePatience(),
                                () -> wanted));
        databases = work;
        bringing = parts.own(new Loop("outbox databases", work));
        RunningTopology running =
                parts.own(
                        new RunningTopology(
                                new TopologyPlan(
                                        NAME,
                                        OutboxRelayTopology.build(
                                                () -> routes,
                                                new DestinationTopics(admin, context.embedded()),
                                                new RelayMeters(context.meters(), context.traces()),
                                                config.repetitionsKnown()),
                                        RelaySettings.of(
                                                config,
                                                clients.streams(
                                                        APPLICATION, context.state(), admin))),
                                context.meters(),
                                context.clock()));
        topology = running;
        running.gaveUp().thenAccept(gaveUp::complete);
        running.start();
    }

    /** On the follower's thread. */
    private void follow(Tables now) {
        if (now.version() != seenVersion) {
            List<NamespaceSpec> specs = reader.namespaces(now.of(NAMESPACES));
            wanted = WatchedTable.of(specs);
            routes = Routes.of(now.knownUpTo(), now.version(), specs);
            seenVersion = now.version();
        } else {
            routes = routes.stillUpTo(now.knownUpTo());
        }
    }

    @Override
    public String problem() {
        TablesFollower following = tables;
        RunningTopology running = topology;
        DatabasesWork work = databases;
        Loop brings = bringing;
        if (following == null || running == null || work == null || brings == null) {
            return "starting";
        }
        return Stream.of(
                        gaveUp.getNow(""),
                        following.problem(),
                        running.problem(),
                        brings.problem(),
                        work.problem())
                .filter(problem -> !problem.isEmpty())
                .findFirst()
                .orElse("");
    }

    @Override
    public CompletableFuture<String> gaveUp() {
        return gaveUp;
    }

    /** The last started is stopped first: nothing is relayed any more, then nothing stamped. */
    @Override
    public void close() {
        parts.close();
    }
}
