package io.prism.streams.connectors;

import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.prism.connectors.connect.ConnectRest;
import io.prism.connectors.connect.ConnectorStatus;
import io.prism.connectors.debezium.ConnectorConfigs;
import io.prism.connectors.reconcile.ConnectorReport;
import io.prism.connectors.reconcile.KnownNamespaces;
import io.prism.connectors.reconcile.Reconciler;
import io.prism.connectors.reconcile.ReconcilerSettings;
import io.prism.connectors.reconcile.SlotGuard;
import io.prism.connectors.reconcile.SlotState;
import io.prism.connectors.reconcile.WatchedSlot;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
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
    private final MultiGauge captureRunning;
    private final MultiGauge captureRetained;
    private final MultiGauge captureBehind;
    private final MultiGauge consumerRunning;
    private final InvalidationMeters invalidations;

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
        this.captureRunning = StreamsMetric.CAPTURE_RUNNING.gauges(context.meters());
        this.captureRetained = StreamsMetric.CAPTURE_RETAINED.gauges(context.meters());
        this.captureBehind = StreamsMetric.CAPTURE_BEHIND.gauges(context.meters());
        this.consumerRunning = StreamsMetric.CONSUMER_RUNNING.gauges(context.meters());
        this.invalidations = new InvalidationMeters(context.meters());
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
                                                    context.databases()::server,
                                                    name ->
                                                            ConnectorConfigs.cache(
                                                                    config.caches(), name),
                                                    config.settings()),
                                            context.databases(),
                                            topic -> topic.ensure(admin),
                                            () -> KafkaClients.clusterId(admin),
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

    private List<WatchedSlot> watched() {
        return WatchedSlot.of(ConnectorConfigs.all(known.specs()));
    }

    /** On the guard's thread, after each look. */
    private void measure(Map<String, SlotState> slots) {
        Predicate<SlotState> outboxes = slot -> slot.namespace().isEmpty();
        slots(retained, slots, outboxes, "database", SlotState::retained);
        slots(behind, slots, outboxes, "database", SlotState::behind);
        slots(active, slots, outboxes, "database", slot -> slot.active() ? 1 : 0);
        slots(captureRetained, slots, outboxes.negate(), "namespace", SlotState::retained);
        slots(captureBehind, slots, outboxes.negate(), "namespace", SlotState::behind);
        connectors(
                running,
                report -> report.namespace().isEmpty(),
                report -> Tags.of("database", report.database()));
        connectors(
                captureRunning,
                report -> !report.namespace().isEmpty() && report.consumer().isEmpty(),
                report -> Tags.of("namespace", report.namespace()));
        connectors(
                consumerRunning,
                report -> !report.consumer().isEmpty(),
                report -> Tags.of("namespace", report.namespace(), "consumer", report.consumer()));
        invalidations.measure();
    }

    private void connectors(
            MultiGauge gauge,
            Predicate<ConnectorReport> which,
            Function<ConnectorReport, Tags> tags) {
        gauge.register(
                reports().stream()
                        .filter(which)
                        .map(
                                report ->
                                        MultiGauge.Row.of(
                                                tags.apply(report),
                                                report.state().equals(ConnectorStatus.RUNNING)
                                                        ? 1
                                                        : 0))
                        .toList(),
                true);
    }

    private static void slots(
            MultiGauge gauge,
            Map<String, SlotState> slots,
            Predicate<SlotState> which,
            String label,
            ToDoubleFunction<SlotState> value) {
        gauge.register(
                slots.values().stream()
                        .filter(which)
                        .map(
                                slot ->
                                        MultiGauge.Row.of(
                                                Tags.of(
                                                        label,
                                                        slot.namespace().isEmpty()
                                                                ? slot.database()
                                                                : slot.namespace()),
                                                value.applyAsDouble(slot)))
                        .toList(),
                true);
    }

    /** How each connector does; none where there is no Connect cluster. */
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
        Set<String> needed =
                watched().stream()
                        .map(WatchedSlot::database)
                        .collect(Collectors.toCollection(TreeSet::new));
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
