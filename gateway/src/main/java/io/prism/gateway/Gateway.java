package io.prism.gateway;

import com.google.protobuf.Value;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prism.core.cache.RedisServers;
import io.prism.core.cache.Tokens;
import io.prism.core.claim.ClaimStores;
import io.prism.core.claim.S3ClaimStores;
import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.database.Databases;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.table.InternalTopic;
import io.prism.core.trace.Traces;
import io.prism.gateway.backend.kafka.KafkaLog;
import io.prism.gateway.backend.kafka.KafkaSettings;
import io.prism.gateway.cache.CacheValues;
import io.prism.gateway.cache.ReadBacks;
import io.prism.gateway.cache.WriteThrough;
import io.prism.gateway.cache.rows.RowCaches;
import io.prism.gateway.cache.rows.WarmUps;
import io.prism.gateway.cdc.capture.Captures;
import io.prism.gateway.http.OperatorHttp;
import io.prism.gateway.http.OperatorHttp.Component;
import io.prism.gateway.http.Probe;
import io.prism.gateway.ingress.GrpcIngress;
import io.prism.gateway.journal.ClaimJournals;
import io.prism.gateway.metrics.Metric;
import io.prism.gateway.namespace.NamespaceFactory;
import io.prism.gateway.namespace.NamespaceRegistry;
import io.prism.gateway.outbox.table.OutboxSettings;
import io.prism.gateway.outbox.table.Outboxes;
import io.prism.gateway.pattern.PatternContext;
import io.prism.gateway.pattern.PatternProvider;
import io.prism.gateway.peers.Peers;
import io.prism.gateway.publish.Deduplicator;
import io.prism.gateway.publish.PublishLimits;
import io.prism.gateway.queue.Queues;
import io.prism.gateway.reader.Reader;
import io.prism.gateway.reader.ReaderSettings;
import io.prism.gateway.subscription.Subscriptions;
import io.prism.gateway.sweep.SweepSettings;
import io.prism.gateway.table.KafkaTable;
import io.prism.gateway.table.StateTable;
import io.prism.gateway.transact.CommittedRows;
import io.prism.gateway.transact.Transact;
import io.prism.gateway.transact.TransactSettings;
import io.prism.gateway.transact.table.TransactSchema;
import io.prism.v1.GetRequest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running gateway: the composition root. Thread-safe. */
public final class Gateway implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Gateway.class);
    private static final String NAMESPACES = InternalTopic.NAMESPACES.name();
    private static final String GATEWAYS = InternalTopic.GATEWAYS.name();
    private static final String SUBSCRIPTIONS = InternalTopic.SUBSCRIPTIONS.name();

    private static final Duration READ_BACK = Duration.ofSeconds(5);
    private static final Duration SHORTEST_STATEMENT = Duration.ofSeconds(1);

    private final GatewayConfig config;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final GrpcIngress grpc;
    private final OperatorHttp http;

    /**
     * Starts everything and returns when calls are served; throws PrismException naming what cannot
     * be reached.
     */
    public static Gateway start(GatewayConfig config) {
        return start(config, Traces.OFF);
    }

    /**
     * The same.
     *
     * @param traces where spans go; whoever starts the gateway closes what they go to, later
     */
    public static Gateway start(GatewayConfig config, Traces traces) {
        return new Gateway(config, traces);
    }

    private Gateway(GatewayConfig config, Traces traces) {
        this.config = config;
        try {
            Clock clock = Clock.systemUTC();
            // A claim's id must not be guessable; a message's needs only to be unique.
            TimeOrderedIds claimIds = new TimeOrderedIds(clock, new SecureRandom());
            TimeOrderedIds ids =
                    new TimeOrderedIds(clock, () -> ThreadLocalRandom.current().nextLong());
            PrometheusMeterRegistry meters =
                    own(
                            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                            PrometheusMeterRegistry::close);
            ExecutorService virtualThreads =
                    own(Executors.newVirtualThreadPerTaskExecutor(), ExecutorService::shutdownNow);
            ScheduledExecutorService scheduler =
                    own(
                            Executors.newScheduledThreadPool(
                                    2, Thread.ofPlatform().daemon().name("housekeeping").factory()),
                            ScheduledExecutorService::shutdownNow);
            KafkaSettings settings =
                    new KafkaSettings(
                            config.kafkaBootstrap(),
                            "prism-" + UUID.randomUUID().toString().substring(0, 8),
                            config.publishTimeout());
            KafkaLog kafka = own(new KafkaLog(settings));
            kafka.ensureInternal(InternalTopic.NAMESPACES);
            kafka.ensureInternal(InternalTopic.SUBSCRIPTIONS);
            kafka.ensureInternal(InternalTopic.GATEWAYS);
            LifecycleTopics.ALL.forEach(kafka::ensureInternal);
            ClaimStores claims = own(new S3ClaimStores(config.claims(), claimIds, clock));
            Deduplicator deduplicator =
                    own(new Deduplicator(kafka, config.deduplicationWindow(), clock));
            Databases databases =
                    own(
                            new Databases(
                                    config.databases(),
                                    "prism-outbox",
                                    Optional.of(statementTimeout())));
            Outboxes outboxes =
                    own(
                            new Outboxes(
                                    databases,
                                    OutboxSettings.of(
                                            config.publishTimeout(),
                                            Runtime.getRuntime().maxMemory()),
                                    kafka::clusterId,
                                    clock,
                                    scheduler,
                                    virtualThreads));
            Captures captures = new Captures(databases, kafka, ids);
            RedisServers redis = own(new RedisServers(config.redis()));
            RowCaches rows = new RowCaches(redis, meters, clock, new Tokens(UUID.randomUUID()));
            Reader reader =
                    own(
                            new Reader(
                                    config.databases(),
                                    ReaderSettings.of(config.databases().poolSize()),
                                    rows,
                                    meters,
                                    virtualThreads,
                                    clock));
            rows.warmWith(new WarmUps(reader, meters, virtualThreads)::begin);
            TransactSchema transactSchema = new TransactSchema(databases);
            NamespaceFactory factory =
                    new NamespaceFactory(
                            ServiceLoader.load(PatternProvider.class),
                            new PatternContext(
                                    claims,
                                    new ClaimJournals(kafka, clock),
                                    outboxes,
                                    captures,
                                    rows,
                                    kafka,
                                    sweeps(),
                                    meters,
                                    clock,
                                    virtualThreads),
                            traces,
                            transactSchema,
                            databases,
                            kafka,
                            deduplicator,
                            ids,
                            config.kafkaBootstrap(),
                            config.standalone());
            StateTable namespaceTable = new KafkaTable(NAMESPACES, settings);
            NamespaceRegistry namespaces =
                    own(new NamespaceRegistry(namespaceTable, factory, clock));
            Transact transact =
                    own(
                            new Transact(
                                    namespaces,
                                    config.databases(),
                                    TransactSettings.of(config.databases().poolSize()),
                                    new WriteThrough(
                                            rows,
                                            () ->
                                                    namespaces.all().stream()
                                                            .map(served -> served.plan().spec())
                                                            .toList(),
                                            new ReadBacks(
                                                    virtualThreads,
                                                    (namespace, row) ->
                                                            readBack(reader, namespace, row)),
                                            scheduler),
                                    meters,
                                    clock,
                                    scheduler,
                                    virtualThreads));
            StateTable subscriptionTable = new KafkaTable(SUBSCRIPTIONS, settings);
            Subscriptions subscriptions =
                    own(new Subscriptions(subscriptionTable, kafka, ids, clock, meters));
            String name = UUID.randomUUID().toString().substring(0, 8);
            Peers peers = own(new Peers(name, new KafkaTable(GATEWAYS, settings)));
            Queues queues =
                    own(
                            new Queues(
                                    name,
                                    kafka,
                                    subscriptions,
                                    ids,
                                    clock,
                                    meters,
                                    virtualThreads,
                                    scheduler));
            namespaces.whenGone(
                    gone ->
                            virtualThreads.execute(
                                    () -> {
                                        queues.namespaceDeleted(gone);
                                        subscriptions.namespaceDeleted(gone);
                                    }));
            PublishLimits limits = new PublishLimits(Runtime.getRuntime().maxMemory() / 3);
            Metric.INFLIGHT_BYTES.gauge(meters, limits::inFlight);
            Metric.CACHE_REDIS_DOWN.gauge(meters, () -> redis.problem().isEmpty() ? 0 : 1);
            Metric.NAMESPACES.gauge(meters, () -> namespaces.all().size());
            this.grpc =
                    own(
                            new GrpcIngress(
                                    config.host(),
                                    config.grpcPort(),
                                    config.adminPort(),
                                    namespaces,
                                    subscriptions,
                                    queues,
                                    outboxes,
                                    captures,
                                    peers,
                                    transact,
                                    new CacheValues(redis, meters),
                                    rows,
                                    reader,
                                    limits,
                                    traces,
                                    virtualThreads));
            this.http =
                    own(
                            new OperatorHttp(
                                    config.host(),
                                    config.httpPort(),
                                    meters::scrape,
                                    Map.of(
                                            "kafka",
                                                    new Component(
                                                            new Probe(
                                                                    kafka::checkReachable,
                                                                    scheduler),
                                                            true),
                                            "storage",
                                                    new Component(
                                                            new Probe(
                                                                    claims::checkReachable,
                                                                    scheduler),
                                                            false),
                                            "databases", new Component(outboxes::problem, false),
                                            "redis", new Component(redis::problem, false),
                                            "namespaces",
                                                    new Component(table(namespaceTable), true),
                                            "subscriptions",
                                                    new Component(table(subscriptionTable), true),
                                            "gateway",
                                                    new Component(
                                                            () -> stopping.get() ? "stopping" : "",
                                                            true)),
                                    virtualThreads));
            peers.join(config.advertisedHost() + ":" + grpcPort());
            housekeeping(namespaces, scheduler);
        } catch (RuntimeException e) {
            closeParts();
            throw e;
        }
        log.atInfo()
                .setMessage("gateway serves")
                .addKeyValue("grpc", grpcPort())
                .addKeyValue("admin", adminPort())
                .addKeyValue("http", httpPort())
                .log();
    }

    /** Brings a row that was just written into its cache; whoever reads it otherwise does it. */
    private static void readBack(Reader reader, NamespaceSpec namespace, CommittedRows.Row row) {
        Map<String, Value> key = row.key().getFieldsMap();
        Value id =
                key.size() == 1
                        ? key.values().iterator().next()
                        : Value.newBuilder().setStructValue(row.key()).build();
        try {
            var unused =
                    reader.get(
                            namespace,
                            GetRequest.newBuilder().setCollection(row.table()).setId(id).build(),
                            Optional.of(READ_BACK));
        } catch (PrismException e) {
            log.atDebug()
                    .setMessage("a row that was written was not read back into its cache")
                    .addKeyValue("namespace", namespace.name())
                    .setCause(e)
                    .log();
        }
    }

    /** Leaves room for a second attempt within a publish. */
    private Duration statementTimeout() {
        Duration half = config.publishTimeout().dividedBy(2);
        return half.compareTo(SHORTEST_STATEMENT) < 0 ? SHORTEST_STATEMENT : half;
    }

    /** A producer gives a record up after the publish timeout; twice that leaves room around it. */
    private SweepSettings sweeps() {
        return new SweepSettings(
                config.sweepInterval(),
                SweepSettings.GRACE,
                config.publishTimeout().multipliedBy(2));
    }

    private static OperatorHttp.Check table(StateTable table) {
        return () -> table.healthy() ? "" : "the table cannot be followed";
    }

    private void housekeeping(NamespaceRegistry namespaces, ScheduledExecutorService scheduler) {
        long interval = config.expiryInterval().toMillis();
        var unused =
                scheduler.scheduleWithFixedDelay(
                        namespaces::maintain,
                        Math.min(interval, 5_000),
                        interval,
                        TimeUnit.MILLISECONDS);
    }

    private <T extends AutoCloseable> T own(T part) {
        parts.push(part);
        return part;
    }

    /**
     * For parts that must not be closed the usual way (an executor's close waits for its tasks).
     */
    private <T> T own(T part, java.util.function.Consumer<T> stop) {
        parts.push(() -> stop.accept(part));
        return part;
    }

    public int grpcPort() {
        return grpc.dataPort();
    }

    public int adminPort() {
        return grpc.adminPort();
    }

    public int httpPort() {
        return http.port();
    }

    /**
     * Refuses new calls, finishes what is in flight within the drain timeout, and stops.
     * Idempotent.
     */
    @Override
    public void close() {
        if (stopping.compareAndSet(false, true)) {
            log.atInfo().setMessage("gateway drains").log();
            grpc.drain(config.drainTimeout());
            closeParts();
            log.atInfo().setMessage("gateway stopped").log();
        }
    }

    /** The last started is closed first. */
    private void closeParts() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                log.atWarn().setMessage("a part did not close cleanly").setCause(e).log();
            }
        }
    }
}
