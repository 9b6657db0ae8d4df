package io.prism.gateway.queue;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.Ordering;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.subscription.Subscriptions;
import io.prism.v1.QueueSubscribeRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All queues this gateway has consumers of. Thread-safe. */
public final class Queues implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Queues.class);
    private static final long TICK_MILLIS = 100;

    /** A group stays joined for a while without consumers, so that the next one starts at once. */
    private static final Duration LINGER = Duration.ofMinutes(5);

    private final String gateway;
    private final LogBackend backend;
    private final Subscriptions subscriptions;
    private final DeadLetters deadLetters;
    private final TimeOrderedIds ids;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Executor blocking;
    private final Map<QueueId, QueueHub> hubs = new ConcurrentHashMap<>();
    private final Map<String, QueueMetrics> metrics = new ConcurrentHashMap<>();
    private final ReentrantLock opening = new ReentrantLock();
    private final AtomicBoolean draining = new AtomicBoolean();

    /**
     * @param gateway this gateway's name among all, written into the messages' ids
     * @param scheduler ends leases in time
     */
    public Queues(
            String gateway,
            LogBackend backend,
            Subscriptions subscriptions,
            TimeOrderedIds ids,
            Clock clock,
            MeterRegistry meters,
            Executor blocking,
            ScheduledExecutorService scheduler) {
        this.gateway = gateway;
        this.backend = backend;
        this.subscriptions = subscriptions;
        this.deadLetters = new DeadLetters(backend, clock);
        this.ids = ids;
        this.clock = clock;
        this.meters = meters;
        this.blocking = blocking;
        var unused =
                scheduler.scheduleWithFixedDelay(
                        this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        Instant cutoff = clock.instant().minus(LINGER);
        hubs.forEach(
                (id, hub) -> {
                    try {
                        hub.tick();
                        if (hub.isClosed()) {
                            hubs.remove(id, hub);
                        } else if (hub.abandonedBefore(cutoff)) {
                            blocking.execute(() -> close(hub, ended("nobody receives from it")));
                        }
                    } catch (RuntimeException e) {
                        log.atError()
                                .setMessage("a queue's leases could not be looked at")
                                .addKeyValue("queue", id)
                                .setCause(e)
                                .log();
                    }
                });
    }

    private void close(QueueHub hub, RuntimeException reason) {
        hubs.remove(hub.id(), hub);
        hub.closeWith(reason);
    }

    private static PrismException ended(String why) {
        return new PrismException(ErrorCode.SUBSCRIPTION_ENDED, "the queue is closed: " + why);
    }

    /** Opens a stream. Blocks until the request is known to be good and the group is joined. */
    public QueueStream open(
            ServedNamespace namespace, QueueSubscribeRequest request, MessageSink sink) {
        StreamRules rules = StreamRules.of(request);
        QueueId id = id(namespace, request.getTopic(), request.getGroup());
        if (draining.get()) {
            throw draining();
        }
        while (true) {
            QueueHub hub = hub(namespace, id);
            QueueStream stream = new QueueStream(ids.next().toString(), rules, hub, sink);
            if (hub.add(stream)) {
                stream.start();
                return stream;
            }
            hubs.remove(id, hub);
        }
    }

    private static QueueId id(ServedNamespace namespace, String topic, String group) {
        return new QueueId(namespace.name(), topic, StreamRules.group(group));
    }

    private QueueHub hub(ServedNamespace namespace, QueueId id) {
        QueueHub known = hubs.get(id);
        if (known != null && !known.isClosed()) {
            return known;
        }
        String logTopic = namespace.logTopic(id.topic());
        subscriptions.ensure(namespace.name(), id.subscription(), id.topic());
        opening.lock();
        try {
            QueueHub meanwhile = hubs.get(id);
            if (meanwhile != null && !meanwhile.isClosed()) {
                return meanwhile;
            }
            QueueHub hub =
                    new QueueHub(
                            id,
                            gateway,
                            namespace,
                            deadLetters,
                            metrics(namespace.name()),
                            clock,
                            blocking);
            hub.open(backend, logTopic, ordered(namespace));
            hubs.put(id, hub);
            return hub;
        } finally {
            opening.unlock();
        }
    }

    private static boolean ordered(ServedNamespace namespace) {
        return namespace.plan().spec().ordering() == Ordering.KEY;
    }

    private QueueMetrics metrics(String namespace) {
        return metrics.computeIfAbsent(namespace, name -> new QueueMetrics(name, meters));
    }

    /** This gateway's name, which the ids of its deliveries carry. */
    public String gateway() {
        return gateway;
    }

    /**
     * Ends or extends a lease of this gateway. Completes when that is durable; fails with a
     * PrismException, LEASE_LOST among them.
     */
    public CompletableFuture<Void> acknowledge(
            ServedNamespace namespace, Acknowledgement asked, LeaseId lease) {
        QueueHub hub = hubs.get(id(namespace, asked.topic(), asked.group()));
        return hub == null
                ? CompletableFuture.failedFuture(Settling.leaseLost(lease))
                : hub.acknowledge(lease, asked.outcome());
    }

    /** How a queue stands; blocks. */
    public QueueInfo info(ServedNamespace namespace, String topic, String group) {
        QueueId id = id(namespace, topic, group);
        String logTopic = namespace.logTopic(topic);
        Optional<QueueHub> hub = Optional.ofNullable(hubs.get(id));
        Optional<String> dead = namespace.knownDeadLetterTopic(topic);
        return new QueueInfo(
                id.group(),
                backend.partitions(logTopic),
                backend.unread(logTopic, id.backendGroup()),
                hub.map(QueueHub::inFlight).orElse(0),
                dead.map(name -> backend.unread(name, Redrive.group(id))).orElse(0L),
                hub.map(QueueHub::streams).orElse(0),
                backend.unread(logTopic, "prism.nobody"));
    }

    /** Begins a redrive; it runs on the thread that asks it for progress. */
    public Redrive redrive(ServedNamespace namespace, String topic, Redrive.Rules rules) {
        return new Redrive(
                namespace,
                id(namespace, topic, ""),
                rules,
                backend,
                deadLetters,
                metrics(namespace.name()));
    }

    /** Closes the queues here of a namespace that is gone; blocks. */
    public void namespaceDeleted(String namespace) {
        List<QueueHub> theirs =
                hubs.values().stream().filter(h -> h.id().namespace().equals(namespace)).toList();
        theirs.forEach(hub -> close(hub, ended("its namespace was deleted")));
    }

    /** The groups that have the positions of a namespace's queues; blocks. */
    public Set<String> groups(String namespace) {
        return backend.groups(QueueId.prefix(namespace));
    }

    private static PrismException draining() {
        return new PrismException(
                ErrorCode.DRAINING,
                "this gateway is stopping; subscribe again and another one takes over");
    }

    /** Ends all streams with UNAVAILABLE and gives back what they hold; blocks. */
    public void drain() {
        if (draining.compareAndSet(false, true)) {
            CompletableFuture.allOf(
                            hubs.values().stream()
                                    .map(
                                            hub ->
                                                    CompletableFuture.runAsync(
                                                            () -> close(hub, draining()), blocking))
                                    .toArray(CompletableFuture[]::new))
                    .join();
        }
    }

    @Override
    public void close() {
        drain();
    }
}
