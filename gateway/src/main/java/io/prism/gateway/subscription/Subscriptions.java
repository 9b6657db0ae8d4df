package io.prism.gateway.subscription;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.table.StoredSubscription;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.StartAt;
import io.prism.gateway.backend.TopicSelector;
import io.prism.gateway.metrics.Metric;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.table.StateTable;
import io.prism.v1.AckMode;
import io.prism.v1.StartPosition;
import io.prism.v1.SubscribeRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All subscriptions: the durable ones in the shared table, and the streams open on this gateway.
 * Thread-safe.
 */
public final class Subscriptions implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final Duration GROUP_EMPTY_WAIT = Duration.ofSeconds(15);
    private static final Duration LEAVING = Duration.ofSeconds(5);
    private static final int DEFAULT_INFLIGHT = 1_000;
    private static final int MAX_INFLIGHT = 10_000;
    private static final long DEFAULT_INLINE = 32L << 20;
    private static final long MAX_INLINE = 64L << 20;

    private final StateTable table;
    private final LogBackend backend;
    private final TimeOrderedIds ids;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Map<String, SubscriptionStream> streams = new ConcurrentHashMap<>();
    private volatile boolean draining;

    public Subscriptions(
            StateTable table,
            LogBackend backend,
            TimeOrderedIds ids,
            Clock clock,
            MeterRegistry meters) {
        this.table = table;
        this.backend = backend;
        this.ids = ids;
        this.clock = clock;
        this.meters = meters;
        Metric.SUBSCRIBERS.gauge(meters, streams::size);
        table.onChange(this::endRemoved);
    }

    /**
     * Opens a stream; the durable subscription is made if it is new. Blocks until the request is
     * known to be good.
     */
    public SubscriptionStream open(
            ServedNamespace namespace, SubscribeRequest request, EventSink sink) {
        boolean explicit = request.getAckMode() == AckMode.ACK_MODE_EXPLICIT;
        if (request.getAckMode() == AckMode.UNRECOGNIZED) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID, "ack_mode", "ack_mode must be AUTO or EXPLICIT");
        }
        int inflight =
                range("max_inflight", request.getMaxInflight(), DEFAULT_INFLIGHT, MAX_INFLIGHT);
        long inline = request.hasMaxInlineBytes() ? request.getMaxInlineBytes() : DEFAULT_INLINE;
        if (inline < 0 || inline > MAX_INLINE) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "max_inline_bytes",
                    "max_inline_bytes must be from 0 to " + MAX_INLINE);
        }
        StartAt start = start(request);
        TopicSelector selector = namespace.selector(request.getTopic());
        String name = request.getSubscription().isEmpty() ? null : request.getSubscription();
        Durable durable = name == null ? null : durable(namespace, name, request, selector, start);
        StreamSpec spec =
                new StreamSpec(
                        ids.next().toString(),
                        namespace.name(),
                        name,
                        durable == null ? null : durable.createdAt(),
                        request.getTopic(),
                        selector,
                        start,
                        durable == null ? null : durable.group(),
                        explicit,
                        inflight,
                        inline);
        SubscriptionStream stream =
                new SubscriptionStream(
                        spec,
                        namespace,
                        backend,
                        sink,
                        new SubscriptionMetrics(namespace.name(), meters),
                        clock);
        streams.put(spec.id(), stream);
        stream.closed().whenComplete((done, failure) -> streams.remove(spec.id()));
        if (draining) {
            stream.end(draining());
        }
        stream.start();
        return stream;
    }

    private static int range(String field, int value, int otherwise, int max) {
        if (value < 0 || value > max) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    field,
                    field + " must be from 1 to " + max + ", or 0 for " + otherwise);
        }
        return value == 0 ? otherwise : value;
    }

    private static StartAt start(SubscribeRequest request) {
        StartPosition start = request.getStart();
        return switch (start.getPositionCase()) {
            case EARLIEST, POSITION_NOT_SET -> new StartAt.Earliest();
            case LATEST -> new StartAt.Latest();
            case TIME -> {
                try {
                    yield new StartAt.AtTime(
                            Instant.ofEpochSecond(
                                    start.getTime().getSeconds(), start.getTime().getNanos()));
                } catch (java.time.DateTimeException e) {
                    throw PrismException.ofField(
                            ErrorCode.FIELD_INVALID, "start.time", "start.time is out of range");
                }
            }
            case OFFSET -> {
                if (start.getOffset() < 0) {
                    throw PrismException.ofField(
                            ErrorCode.FIELD_INVALID,
                            "start.offset",
                            "start.offset must not be negative");
                }
                yield new StartAt.AtOffset(start.getOffset());
            }
        };
    }

    private record Durable(String group, Instant createdAt) {}

    /** Finds or makes the durable subscription. */
    private Durable durable(
            ServedNamespace namespace,
            String name,
            SubscribeRequest request,
            TopicSelector selector,
            StartAt start) {
        if (!NAME.matcher(name).matches()) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "subscription",
                    "a subscription's name has 1 to 100 letters, digits, dots, underscores or"
                            + " hyphens");
        }
        String group = group(namespace.name(), name);
        String key = key(namespace.name(), name);
        StoredSubscription wanted =
                new StoredSubscription(request.getTopic(), request.getAckMode(), clock.instant());
        Optional<String> known = table.get(key);
        if (known.isEmpty()) {
            table.update(
                    current -> {
                        if (current.containsKey(key)) {
                            return Map.of();
                        }
                        // Positions first: what a crash in between leaves, the next placing
                        // forgets.
                        backend.startGroup(group, selector, start);
                        return Map.of(key, Optional.of(wanted.toJson()));
                    });
            known = table.get(key);
        }
        StoredSubscription stored = known.map(StoredSubscription::fromJson).orElse(wanted);
        String topic = stored.topic();
        if (!topic.equals(request.getTopic())) {
            throw PrismException.ofField(
                    ErrorCode.SUBSCRIPTION_MISMATCH,
                    "topic",
                    "subscription "
                            + name
                            + " is to topic "
                            + topic
                            + ", not "
                            + request.getTopic()
                            + ": unsubscribe it first, or choose another name");
        }
        return new Durable(group, stored.createdAt());
    }

    /**
     * Remembers that there is such a durable subscription, for whoever waits for its
     * acknowledgements. Idempotent; blocks the first time.
     */
    public void ensure(String namespace, String name, String topic) {
        String key = key(namespace, name);
        if (table.get(key).isEmpty()) {
            StoredSubscription made =
                    new StoredSubscription(topic, AckMode.ACK_MODE_EXPLICIT, clock.instant());
            table.update(
                    current ->
                            current.containsKey(key)
                                    ? Map.of()
                                    : Map.of(key, Optional.of(made.toJson())));
        }
    }

    private static String group(String namespace, String name) {
        return "prism." + namespace + "." + name;
    }

    private static String key(String namespace, String name) {
        return namespace + "/" + name;
    }

    /**
     * Tries the id on each open stream of the subscription (its name, or an ephemeral one's id).
     */
    public boolean acknowledge(String namespace, String subscription, String messageId) {
        boolean done = false;
        for (SubscriptionStream stream : streamsOf(namespace, subscription)) {
            done |= stream.acknowledge(messageId);
        }
        return done;
    }

    /** Whether there is such a subscription, here or in the shared table. */
    public boolean exists(String namespace, String subscription) {
        return table.get(key(namespace, subscription)).isPresent()
                || !streamsOf(namespace, subscription).isEmpty();
    }

    private List<SubscriptionStream> streamsOf(String namespace, String subscription) {
        return streams.values().stream()
                .filter(s -> s.spec().namespace().equals(namespace))
                .filter(
                        s ->
                                subscription.equals(s.spec().name())
                                        || subscription.equals(s.spec().id()))
                .toList();
    }

    /**
     * Removes a durable subscription with its positions; its streams end on every gateway. Blocks.
     */
    public void remove(String namespace, String name) {
        String key = key(namespace, name);
        table.update(
                current -> {
                    if (!current.containsKey(key)) {
                        throw new PrismException(
                                ErrorCode.SUBSCRIPTION_NOT_FOUND,
                                "namespace " + namespace + " has no subscription " + name);
                    }
                    return Map.of(key, Optional.empty());
                });
        endRemoved();
        new GroupRemoval(backend, () -> true, GROUP_EMPTY_WAIT).remove(group(namespace, name));
    }

    /** Ends an open stream; false if there is none of this id here. */
    public boolean endStream(String namespace, String id) {
        SubscriptionStream stream = streams.get(id);
        if (stream == null || !stream.spec().namespace().equals(namespace)) {
            return false;
        }
        stream.end(unsubscribed());
        return true;
    }

    private static PrismException unsubscribed() {
        return new PrismException(ErrorCode.SUBSCRIPTION_ENDED, "the subscription was removed");
    }

    private void endRemoved() {
        Map<String, String> current = table.snapshot();
        for (SubscriptionStream stream : streams.values()) {
            String name = stream.spec().name();
            if (name != null && !current.containsKey(key(stream.spec().namespace(), name))) {
                stream.end(unsubscribed());
            }
        }
    }

    /** What Subscriptions knows of one subscription; name is null for an ephemeral one. */
    public record Listed(
            @Nullable String name,
            String id,
            String topic,
            AckMode ackMode,
            @Nullable Instant createdAt,
            int streams) {}

    /** The namespace's durable subscriptions by name, then this gateway's ephemeral ones. */
    public List<Listed> list(String namespace) {
        String prefix = key(namespace, "");
        List<Listed> listed = new ArrayList<>();
        table.snapshot().entrySet().stream()
                .filter(e -> e.getKey().startsWith(prefix))
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        e -> {
                            String name = e.getKey().substring(prefix.length());
                            StoredSubscription stored = StoredSubscription.fromJson(e.getValue());
                            listed.add(
                                    new Listed(
                                            name,
                                            "",
                                            stored.topic(),
                                            stored.ackMode(),
                                            stored.createdAt(),
                                            streamsOf(namespace, name).size()));
                        });
        streams.values().stream()
                .map(SubscriptionStream::spec)
                .filter(s -> s.namespace().equals(namespace) && s.name() == null)
                .forEach(
                        s ->
                                listed.add(
                                        new Listed(
                                                null,
                                                s.id(),
                                                s.topic(),
                                                s.explicit()
                                                        ? AckMode.ACK_MODE_EXPLICIT
                                                        : AckMode.ACK_MODE_AUTO,
                                                null,
                                                1)));
        return listed;
    }

    /** Ends the streams of a namespace that is gone. */
    public void namespaceDeleted(String namespace) {
        streams.values().stream()
                .filter(s -> s.spec().namespace().equals(namespace))
                .forEach(s -> s.end(unsubscribed()));
    }

    /**
     * Removes the durable subscriptions of a namespace that is about to go, all or none; their
     * streams end on every gateway. Blocks.
     *
     * @return the groups that have their positions
     */
    public Set<String> forget(String namespace) {
        String prefix = key(namespace, "");
        Set<String> groups = new TreeSet<>();
        table.update(
                current -> {
                    groups.clear();
                    Map<String, Optional<String>> removed = new HashMap<>();
                    for (String key : current.keySet()) {
                        if (key.startsWith(prefix)) {
                            removed.put(key, Optional.empty());
                            groups.add(group(namespace, key.substring(prefix.length())));
                        }
                    }
                    return removed;
                });
        endRemoved();
        return groups;
    }

    /**
     * Removes the groups of a namespace that is gone, as their members leave them on other
     * gateways. One that was killed leaves after some time only: what it holds stays, and is
     * logged. Blocks for some seconds at most.
     *
     * @param gone whether it still is
     */
    public void removeGroups(Set<String> groups, BooleanSupplier gone) {
        new GroupRemoval(backend, gone, LEAVING).removeIfPossible(groups);
    }

    private static PrismException draining() {
        return new PrismException(
                ErrorCode.DRAINING,
                "this gateway is stopping; subscribe again and another one takes over");
    }

    /**
     * Ends all streams with UNAVAILABLE once their positions are committed; waits up to the
     * timeout.
     */
    public void drain(Duration timeout) {
        draining = true;
        List<SubscriptionStream> open = List.copyOf(streams.values());
        open.forEach(stream -> stream.end(draining()));
        CompletableFuture.allOf(
                        open.stream()
                                .map(SubscriptionStream::closed)
                                .toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, timeout.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    @Override
    public void close() {
        table.close();
    }
}
