package io.prism.streams.connectors;

import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.prism.connectors.connect.ConnectRest;
import io.prism.connectors.connect.ConnectorStatus;
import io.prism.connectors.debezium.ConnectorConfigs;
import io.prism.connectors.debezium.WantedConnector;
import io.prism.connectors.reconcile.ConnectorReport;
import io.prism.connectors.reconcile.KnownNamespaces;
import io.prism.connectors.reconcile.Reconciler;
import io.prism.connectors.reconcile.ReconcilerSettings;
import io.prism.connectors.reconcile.SlotGuard;
import io.prism.connectors.reconcile.SlotState;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.table.InternalTopic;
import io.prism.streams.kafka.KafkaClients;
import io.prism.streams.kafka.NamespaceReader;
import io.prism.streams.kafka.Tables;
import io.prism.streams.kafka.TablesFollower;
import io.prism.streams.metrics.StreamsMetric;
import io.prism.streams.role.ConnectorsConfig;
import io.prism.streams.role.Parts;
import io.prism.streams.role.Role;
import io.prism.streams.role.RoleContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** Keeps Debezium's connectors as the namespaces need them, and watches their slots. */
public final class ConnectorsRole implements Role {
    public static final String NAME = "connectors";

    private static final String NAMESPACES = InternalTopic.NAMESPACES.name();
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final RoleContext context;
    private final ConnectorsConfig config;
    private final Parts parts = new Parts();
    private final NamespaceReader reader = new NamespaceReader();
    private final CompletableFuture<String> gaveUp = new CompletableFuture<>();
    private final MultiGauge running;
    private final MultiGauge retained;
    private final MultiGauge behind;
    private final MultiGauge active;

    private long seenVersion = -1;
    private volatile KnownNamespaces known = new KnownNamespaces(Instant.MIN, false, List.of());
    private volatile @Nullable TablesFollower tables;
    private volatile @Nullable Reconciler reconciler;
    private volatile @Nullable SlotGuard guard;

    public ConnectorsRole(RoleContext context) {
        this.context = context;
        this.config = context.connectors();
        this.running = StreamsMetric.CONNECTOR_RUNNING.gauges(context.meters());
        this.retained = StreamsMetric.SLOT_RETAINED.gauges(context.meters());
        this.behind = StreamsMetric.SLOT_BEHIND.gauges(context.meters());
        this.active = StreamsMetric.SLOT_ACTIVE.gauges(context.meters());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void start() {
        KafkaClients clients = new KafkaClients(context.bootstrap(), context.state());
        Admin admin = parts.own(clients.admin());
        InternalTopic.NAMESPACES.ensure(admin);
        tables =
                parts.own(
                        new TablesFollower(
                                List.of(NAMESPACES),
                                admin,
                                clients.loneConsumer(),
                                context.clock(),
                                this::follow));
        config.url()
                .ifPresent(
                        url -> {
                            Reconciler made =
                                    new Reconciler(
                                            parts.own(new ConnectRest(url)),
                                            () -> known,
                                            new ConnectorConfigs(
                                                    context.databases()::server, config.settings()),
                                            context.databases(),
                                            topic -> topic.ensure(admin),
                                            ReconcilerSettings.DEFAULT,
                                            context.clock());
                            reconciler = parts.own(made);
                            made.start();
                        });
        SlotGuard watching =
                new SlotGuard(
                        context.databases(),
                        this::watched,
                        config.slotBudget(),
                        LOOK,
                        context.clock(),
                        this::measure);
        guard = parts.own(watching);
        watching.start();
    }

    /** On the follower's thread. */
    private void follow(Tables now) {
        boolean changed = now.version() != seenVersion;
        if (changed) {
            seenVersion = now.version();
            Map<String, String> table = now.of(NAMESPACES);
            List<NamespaceSpec> specs = reader.namespaces(table);
            known = new KnownNamespaces(now.knownUpTo(), specs.size() == table.size(), specs);
        } else {
            known = new KnownNamespaces(now.knownUpTo(), known.complete(), known.specs());
        }
        Reconciler told = reconciler;
        if (changed && told != null) {
            told.changed();
        }
    }

    private List<String> watched() {
        return ConnectorConfigs.wanted(known.specs()).stream()
                .map(WantedConnector::database)
                .toList();
    }

    /** On the guard's thread, after each look. */
    private void measure(Map<String, SlotState> slots) {
        register(retained, slots, SlotState::retained);
        register(behind, slots, SlotState::behind);
        register(active, slots, slot -> slot.active() ? 1 : 0);
        running.register(
                reports().stream()
                        .map(
                                report ->
                                        MultiGauge.Row.of(
                                                Tags.of("database", report.database()),
                                                report.state().equals(ConnectorStatus.RUNNING)
                                                        ? 1
                                                        : 0))
                        .toList(),
                true);
    }

    private static void register(
            MultiGauge gauge, Map<String, SlotState> slots, ToDoubleFunction<SlotState> value) {
        gauge.register(
                slots.values().stream()
                        .map(
                                slot ->
                                        MultiGauge.Row.of(
                                                Tags.of("database", slot.database()),
                                                value.applyAsDouble(slot)))
                        .toList(),
                true);
    }

    /** How each database's connector does; none where there is no Connect cluster. */
    public List<ConnectorReport> reports() {
        return Optional.ofNullable(reconciler).map(Reconciler::reports).orElse(List.of());
    }

    @Override
    public String problem() {
        TablesFollower following = tables;
        SlotGuard watching = guard;
        if (following == null || watching == null) {
            return "starting";
        }
        return Stream.of(following.problem(), connectors(), watching.problem())
                .filter(problem -> !problem.isEmpty())
                .findFirst()
                .orElse("");
    }

    private String connectors() {
        Reconciler reconciling = reconciler;
        if (reconciling != null) {
            return reconciling.problem();
        }
        List<String> needed = watched();
        return needed.isEmpty()
                ? ""
                : "namespaces need connectors for the databases "
                        + String.join(", ", needed)
                        + ", but connect.url says no Connect cluster";
    }

    @Override
    public CompletableFuture<String> gaveUp() {
        return gaveUp;
    }

    @Override
    public void close() {
        parts.close();
    }
}
