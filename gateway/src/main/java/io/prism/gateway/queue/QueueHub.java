package io.prism.gateway.queue;

import io.prism.core.claim.Claim;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.error.Errors;
import io.prism.gateway.namespace.RecordReader;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.queue.PartitionWork.Held;
import io.prism.gateway.queue.PartitionWork.Settlement;
import io.prism.v1.Message;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One group of one queue on this gateway: what the source holds for it, which stream has which
 * message, and until when. Thread-safe.
 *
 * <p>Every record the source gave is in exactly one place: ready, leased, waiting out a delay, or
 * being settled.
 */
final class QueueHub implements PartitionWork.Sink {
    private static final Logger log = LoggerFactory.getLogger(QueueHub.class);

    private static final long TAKE_NANOS = Duration.ofSeconds(1).toNanos();

    private final QueueId id;
    private final String gateway;
    private final ServedNamespace namespace;
    private final Settling settling;
    private final QueueMetrics metrics;
    private final Clock clock;
    private final Executor blocking;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Held> ready = new ArrayDeque<>();
    private final Map<Long, Lease> leases = new HashMap<>();
    private final PriorityQueue<Delayed> delayed = new PriorityQueue<>();
    private final Set<QueueStream> streams = new LinkedHashSet<>();
    private @Nullable PartitionWork source;
    private @Nullable Instant abandonedAt;
    private long nextLease;
    private boolean closed;

    private record Delayed(Instant due, long order, Held held) implements Comparable<Delayed> {
        @Override
        public int compareTo(Delayed other) {
            int byTime = due.compareTo(other.due);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /**
     * @param gateway this gateway's name, written into the messages' ids
     * @param blocking runs each task on a thread that may block
     */
    QueueHub(
            QueueId id,
            String gateway,
            ServedNamespace namespace,
            DeadLetters deadLetters,
            QueueMetrics metrics,
            Clock clock,
            Executor blocking) {
        this.id = id;
        this.gateway = gateway;
        this.namespace = namespace;
        this.settling = new Settling(id, namespace, deadLetters, metrics, blocking, this::settle);
        this.metrics = metrics;
        this.clock = clock;
        this.blocking = blocking;
    }

    /** Joins the group; blocks. */
    void open(LogBackend backend, String logTopic, boolean ordered) {
        PartitionWork made = new PartitionWork(backend, logTopic, id.backendGroup(), ordered, this);
        lock.lock();
        try {
            source = made;
            want();
        } finally {
            lock.unlock();
        }
    }

    QueueId id() {
        return id;
    }

    ServedNamespace namespace() {
        return namespace;
    }

    // Streams.

    /** False if the hub is closed: another one must be made. */
    boolean add(QueueStream stream) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            streams.add(stream);
            abandonedAt = null;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is a record and the stream has room for it; null at the stream's end. */
    @Nullable Held take(QueueStream stream) throws InterruptedException {
        lock.lock();
        try {
            while (!stream.isEnded() && !closed) {
                Held next = stream.room() > 0 ? ready.pollFirst() : null;
                if (next != null) {
                    stream.took();
                    want();
                    return next;
                }
                want();
                var unused = changed.awaitNanos(TAKE_NANOS);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void end(QueueStream stream, RuntimeException reason) {
        lock.lock();
        try {
            stream.ended(reason);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    RuntimeException reasonOfEnd(QueueStream stream) {
        lock.lock();
        try {
            RuntimeException reason = stream.endedBy();
            return reason != null
                    ? reason
                    : new PrismException(
                            ErrorCode.SUBSCRIPTION_ENDED,
                            "the queue " + id.topic() + " is closed here");
        } finally {
            lock.unlock();
        }
    }

    /** The stream takes nothing more: what it holds goes back. */
    void left(QueueStream stream, RuntimeException reason) {
        List<Lease> held = new ArrayList<>();
        lock.lock();
        try {
            stream.ended(reason);
            streams.remove(stream);
            if (streams.isEmpty()) {
                abandonedAt = clock.instant();
            }
            leases.values().stream().filter(l -> l.stream == stream).forEach(held::add);
            held.forEach(this::drop);
            want();
        } finally {
            lock.unlock();
        }
        held.forEach(lease -> again(lease, Duration.ZERO, "its consumer went away"));
        releaseUnwanted();
    }

    /** The caller holds the lock. */
    private void want() {
        PartitionWork open = source;
        if (open != null) {
            int room = streams.stream().mapToInt(QueueStream::room).sum();
            open.want(Math.max(0, room - ready.size()));
        }
    }

    /** Without streams nothing is kept from other gateways. */
    private void releaseUnwanted() {
        List<Held> unwanted;
        lock.lock();
        try {
            if (!streams.isEmpty() && !closed) {
                return;
            }
            unwanted = List.copyOf(ready);
            ready.clear();
        } finally {
            lock.unlock();
        }
        unwanted.forEach(held -> settle(held, Settlement.UNTOUCHED));
    }

    // What the source says.

    @Override
    public void acquired(Held held) {
        lock.lock();
        try {
            ready.addLast(held);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        releaseUnwanted();
    }

    @Override
    public void lost(Held held) {
        lock.lock();
        try {
            ready.remove(held);
            delayed.removeIf(d -> d.held() == held);
            leases.values().stream()
                    .filter(l -> l.held == held)
                    .findFirst()
                    .ifPresent(
                            lease -> {
                                drop(lease);
                                metrics.leasesLost.increment();
                            });
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void failed(RuntimeException reason) {
        log.atWarn()
                .setMessage("a queue cannot be read; its streams end")
                .addKeyValue("queue", id)
                .setCause(reason)
                .log();
        blocking.execute(() -> closeWith(reason));
    }

    // Delivery.

    boolean needsFetch(Held held) {
        return held.entry().headers().lastHeader(io.prism.core.record.RecordFormat.CLAIM_KEY)
                != null;
    }

    /** Hands a record that was taken to its stream. Blocks while a claimed payload is fetched. */
    void deliver(QueueStream stream, Held held) {
        int deliveries = held.deliveries();
        int most = stream.rules().maxDeliveries();
        RecordReader.Read read =
                RecordReader.read(namespace, id.topic(), held.entry(), stream.rules().maxInline());
        Optional<Claim> claim = read.message().head().claim();
        if (deliveries > most) {
            freed(stream);
            report(
                    settling.bury(
                            held,
                            claim,
                            deliveries - 1,
                            "not settled in " + (deliveries - 1) + " deliveries"));
            return;
        }
        Lease lease = lease(stream, held, read, deliveries);
        if (lease == null) {
            settle(held, Settlement.UNTOUCHED);
            return;
        }
        Optional<Message.Builder> message =
                QueueMessages.message(namespace, read, lease.id, id.subscription(), deliveries);
        Instant until = clock.instant().plus(stream.rules().visibility());
        lock.lock();
        try {
            if (leases.get(lease.id.number()) != lease) {
                return; // lost, or given back with its stream, while the payload was fetched
            }
            if (message.isEmpty()) {
                leases.remove(lease.id.number());
                stream.gaveBack();
                changed.signalAll();
            }
            lease.until = until;
        } finally {
            lock.unlock();
        }
        if (message.isEmpty()) {
            settle(held, Settlement.DONE);
            return;
        }
        stream.send(
                message.get()
                        .setLeaseUntil(QueueMessages.timestamp(until))
                        .setSubscriptionId(stream.id())
                        .build());
        metrics.delivered.increment();
    }

    /** Null if the stream has ended since it took the record. */
    private @Nullable Lease lease(
            QueueStream stream, Held held, RecordReader.Read read, int deliveries) {
        lock.lock();
        try {
            if (!streams.contains(stream)) {
                return null;
            }
            LeaseId leaseId = new LeaseId(read.message().messageId(), gateway, nextLease++);
            Lease lease =
                    new Lease(
                            leaseId,
                            held,
                            stream,
                            read.message().head().claim(),
                            deliveries,
                            clock.instant().plus(stream.rules().visibility()));
            leases.put(leaseId.number(), lease);
            return lease;
        } finally {
            lock.unlock();
        }
    }

    private void freed(QueueStream stream) {
        lock.lock();
        try {
            stream.gaveBack();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // Outcomes.

    /**
     * Ends or extends a lease. Completes when that is durable; fails with LEASE_LOST if the lease
     * is not there any more, or with why it could not be settled.
     */
    CompletableFuture<Void> acknowledge(LeaseId leaseId, Outcome outcome) {
        Lease lease;
        lock.lock();
        try {
            lease = leases.get(leaseId.number());
            if (lease == null || !lease.id.equals(leaseId)) {
                return CompletableFuture.failedFuture(Settling.leaseLost(leaseId));
            }
            if (outcome.kind() == Outcome.Kind.EXTEND) {
                Duration length =
                        outcome.delay().isZero()
                                ? lease.stream.rules().visibility()
                                : outcome.delay();
                lease.until = clock.instant().plus(length);
                return CompletableFuture.completedFuture(null);
            }
            drop(lease);
        } finally {
            lock.unlock();
        }
        return switch (outcome.kind()) {
            case ACCEPT -> settling.accept(lease);
            case RELEASE -> again(lease, outcome.delay(), outcome.reason());
            case REJECT ->
                    settling.bury(
                            lease.held,
                            lease.claim,
                            lease.deliveries,
                            outcome.reason().isEmpty() ? "rejected" : outcome.reason());
            case EXTEND -> CompletableFuture.completedFuture(null);
        };
    }

    /** The caller holds the lock. */
    private void drop(Lease lease) {
        if (leases.remove(lease.id.number()) != null) {
            lease.stream.settled();
            changed.signalAll();
        }
    }

    /** Another delivery after the delay, or the dead letters if this was the last one. */
    private CompletableFuture<Void> again(Lease lease, Duration delay, String reason) {
        if (lease.deliveries >= lease.stream.rules().maxDeliveries()) {
            return settling.bury(
                    lease.held,
                    lease.claim,
                    lease.deliveries,
                    reason.isEmpty() ? "failed " + lease.deliveries + " deliveries" : reason);
        }
        metrics.released.increment();
        if (!delay.isZero()) {
            lock.lock();
            try {
                if (!closed) {
                    delayed.add(
                            new Delayed(
                                    clock.instant().plus(delay), lease.id.number(), lease.held));
                    return CompletableFuture.completedFuture(null);
                }
            } finally {
                lock.unlock();
            }
        }
        return settle(lease.held, Settlement.AGAIN)
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(Settling.leaseLost(lease.id));
    }

    /** False if the record is not held here any more. */
    private boolean settle(Held held, Settlement settlement) {
        PartitionWork open;
        lock.lock();
        try {
            open = source;
        } finally {
            lock.unlock();
        }
        return open != null && open.settle(held, settlement);
    }

    // Time.

    /** Ends leases that have run out and delays that are over; called several times a second. */
    void tick() {
        Instant now = clock.instant();
        List<Lease> expired = new ArrayList<>();
        List<Held> due = new ArrayList<>();
        lock.lock();
        try {
            leases.values().stream().filter(l -> !l.until.isAfter(now)).forEach(expired::add);
            expired.forEach(this::drop);
            for (Delayed first = delayed.peek();
                    first != null && !first.due().isAfter(now);
                    first = delayed.peek()) {
                due.add(first.held());
                delayed.remove(first);
            }
        } finally {
            lock.unlock();
        }
        for (Lease lease : expired) {
            metrics.leasesExpired.increment();
            report(again(lease, Duration.ZERO, "its lease ran out"));
        }
        due.forEach(held -> settle(held, Settlement.AGAIN));
    }

    private void report(CompletableFuture<?> outcome) {
        var unused =
                outcome.whenComplete(
                        (done, failure) -> {
                            if (failure != null) {
                                log.atDebug()
                                        .setMessage("a message was not given back in order")
                                        .addKeyValue("queue", id)
                                        .setCause(Errors.unwrap(failure))
                                        .log();
                            }
                        });
    }

    /** Whether no stream has been here since then. */
    boolean abandonedBefore(Instant cutoff) {
        lock.lock();
        try {
            return abandonedAt != null && abandonedAt.isBefore(cutoff);
        } finally {
            lock.unlock();
        }
    }

    int inFlight() {
        lock.lock();
        try {
            return leases.size() + delayed.size();
        } finally {
            lock.unlock();
        }
    }

    int streams() {
        lock.lock();
        try {
            return streams.size();
        } finally {
            lock.unlock();
        }
    }

    List<QueueStream> openStreams() {
        lock.lock();
        try {
            return List.copyOf(streams);
        } finally {
            lock.unlock();
        }
    }

    /** Ends the streams and gives everything back. Blocks for seconds at most; idempotent. */
    void closeWith(RuntimeException reason) {
        PartitionWork open;
        List<QueueStream> ending;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            ending = List.copyOf(streams);
            ending.forEach(stream -> stream.ended(reason));
            changed.signalAll();
            open = source;
        } finally {
            lock.unlock();
        }
        var unused =
                CompletableFuture.allOf(
                                ending.stream()
                                        .map(QueueStream::closed)
                                        .toArray(CompletableFuture[]::new))
                        .completeOnTimeout(null, 2, TimeUnit.SECONDS)
                        .exceptionally(failure -> null)
                        .join();
        if (open != null) {
            open.close();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }
}
