package io.prism.streams.claims;

import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.spec.NamespaceName;
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
import io.prism.topologies.claimlifecycle.Audience;
import io.prism.topologies.claimlifecycle.AudienceReader;
import io.prism.topologies.claimlifecycle.ClaimLifecycleTopology;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** Releases claims that nobody needs any more, and deletes their objects. */
public final class ClaimLifecycleRole implements Role {
    public static final String NAME = "claim-lifecycle";

    private static final String NAMESPACES = InternalTopic.NAMESPACES.name();
    private static final String SUBSCRIPTIONS = InternalTopic.SUBSCRIPTIONS.name();

    private final RoleContext context;
    private final Parts parts = new Parts();
    private final CompletableFuture<String> gaveUp = new CompletableFuture<>();
    private final NamespaceReader reader = new NamespaceReader();

    private long seenVersion = -1;
    private volatile Reaper.Namespaces namespaces = new Reaper.Namespaces(Instant.MIN, Map.of());
    private volatile Audience audience = new Audience(Instant.MIN, -1, Map.of());

    private volatile @Nullable TablesFollower tables;
    private volatile @Nullable RunningTopology topology;
    private volatile @Nullable Reaper reaper;

    public ClaimLifecycleRole(RoleContext context) {
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
                        Stream.of(InternalTopic.NAMESPACES, InternalTopic.SUBSCRIPTIONS),
                        LifecycleTopics.ALL.stream())
                .forEach(topic -> topic.ensure(admin));
        tables =
                parts.own(
                        new TablesFollower(
                                List.of(NAMESPACES, SUBSCRIPTIONS),
                                admin,
                                clients.loneConsumer(),
                                context.clock(),
                                this::follow));
        Reaper deleting =
                parts.own(
                        new Reaper(
                                clients,
                                context.claims(),
                                () -> namespaces,
                                context.meters(),
                                "prism." + NAME + ".reaper"));
        reaper = deleting;
        RunningTopology running =
                parts.own(
                        new RunningTopology(
                                new TopologyPlan(
                                        NAME,
                                        ClaimLifecycleTopology.build(() -> audience),
                                        clients.streams("prism." + NAME, context.state(), admin)),
                                context.meters(),
                                context.clock()));
        topology = running;
        running.gaveUp().thenAccept(gaveUp::complete);
        running.start();
        deleting.start();
    }

    /** On the follower's thread. */
    private void follow(Tables now) {
        if (now.version() != seenVersion) {
            seenVersion = now.version();
            List<NamespaceSpec> specs = reader.namespaces(now.of(NAMESPACES));
            Map<NamespaceName, NamespaceSpec> byName = new TreeMap<>();
            specs.forEach(spec -> byName.put(spec.name(), spec));
            namespaces = new Reaper.Namespaces(now.knownUpTo(), byName);
            audience =
                    new Audience(
                            now.knownUpTo(),
                            now.version(),
                            AudienceReader.terms(specs, now.of(SUBSCRIPTIONS)));
        } else {
            namespaces = new Reaper.Namespaces(now.knownUpTo(), namespaces.specs());
            audience = new Audience(now.knownUpTo(), now.version(), audience.namespaces());
        }
    }

    @Override
    public String problem() {
        TablesFollower following = tables;
        RunningTopology running = topology;
        Reaper deleting = reaper;
        if (following == null || running == null || deleting == null) {
            return "starting";
        }
        return Stream.of(
                        gaveUp.getNow(""),
                        following.problem(),
                        running.problem(),
                        deleting.problem())
                .filter(problem -> !problem.isEmpty())
                .findFirst()
                .orElse("");
    }

    @Override
    public CompletableFuture<String> gaveUp() {
        return gaveUp;
    }

    /** The last started is stopped first: no more releases, then no more deletions. */
    @Override
    public void close() {
        parts.close();
    }
}
