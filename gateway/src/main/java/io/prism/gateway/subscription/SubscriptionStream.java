package io.prism.gateway.subscription;

import com.google.protobuf.ByteString;
import io.prism.core.claim.Claim;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.backend.CommitPoint;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.LogReader;
import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.namespace.RecordReader;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.pattern.Incoming;
import io.prism.gateway.pattern.Payload;
import io.prism.v1.Event;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open Subscribe call. A thread reads the log into a bounded queue; a virtual thread takes from
 * it, fetches claimed payloads a little ahead, and sends in order whenever the subscriber is ready.
 * When the queue is full the reader pauses: a subscriber that does not read costs what the queue
 * and one event hold, and nothing more.
 */
public final class SubscriptionStream implements ReadRequest.Assignments {
    private static final Logger log = LoggerFactory.getLogger(SubscriptionStream.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final long FULL_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int QUEUE_RECORDS = 1_000;
    private static final long QUEUE_BYTES = 4L << 20;
    private static final long AHEAD_BYTES = 8L << 20;
    private static final int AHEAD_CLAIMS = 8;
    private static final long COMMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Duration LAST_ACKS = Duration.ofSeconds(2);

    private final StreamSpec spec;
    private final ServedNamespace namespace;
    private final LogBackend backend;
    private final EventSink sink;
    private final SubscriptionMetrics metrics;
    private final ClaimAcks claimAcks;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Pending> queue = new ArrayDeque<>();
    private final AckLedger ledger = new AckLedger();
    private long queuedBytes;
    private int queuedClaims;
    private @Nullable RuntimeException ended;
    private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

    SubscriptionStream(
            StreamSpec spec,
            ServedNamespace namespace,
            LogBackend backend,
            EventSink sink,
            SubscriptionMetrics metrics,
            Clock clock) {
        this.spec = spec;
        this.namespace = namespace;
        this.backend = backend;
        this.sink = sink;
        this.metrics = metrics;
        String name = spec.name();
        this.claimAcks = new ClaimAcks(namespace.journal(), name == null ? "" : name, clock);
    }

    /** A record on its way to the subscriber. */
    private static final class Pending {
        final LogEntry entry;
        final Incoming incoming;
        final @Nullable PrismException unreadable;
        final int deliveryCount;
        @Nullable CompletableFuture<Incoming> content;

        Pending(
                LogEntry entry,
                Incoming incoming,
                @Nullable PrismException unreadable,
                int deliveryCount) {
            this.entry = entry;
            this.incoming = incoming;
            this.unreadable = unreadable;
            this.deliveryCount = deliveryCount;
        }

        int weight() {
            byte[] value = entry.value();
            return value == null ? 0 : value.length;
        }

        long claimSize() {
            return incoming.head().claim().map(Claim::size).orElse(0L);
        }
    }

    StreamSpec spec() {
        return spec;
    }

    void start() {
        Thread.ofPlatform().daemon().name("reader-" + spec.id()).start(this::readLoop);
        Thread.ofVirtual().name("sender-" + spec.id()).start(this::sendLoop);
    }

    /** The subscriber may be ready for more. */
    public void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the stream: positions are committed, and the reason is told to the subscriber.
     * Idempotent.
     */
    public void end(RuntimeException reason) {
        lock.lock();
        try {
            if (ended == null) {
                ended = reason;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Completes when the reader is closed and its positions are committed. */
    CompletableFuture<@Nullable Void> closed() {
        return closed;
    }

    /** False if no message of that id waits for acknowledgement here. */
    boolean acknowledge(String messageId) {
        List<AckLedger.Place> places;
        lock.lock();
        try {
            places = ledger.acknowledge(messageId);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (places.isEmpty()) {
            return false;
        }
        metrics.acknowledged.increment();
        for (AckLedger.Place place : places) {
            UUID claim = place.claim();
            if (claim != null) {
                claimAcks.acknowledged(claim, () -> update(() -> ledger.settled(place)));
            }
        }
        return true;
    }

    private void update(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    // Reading: the log's reader belongs to this thread.

    private void readLoop() {
        LogReader reader = null;
        try {
            reader = backend.read(spec.request(this));
            boolean told = false;
            long committed = System.nanoTime();
            while (!isEnded()) {
                boolean full = awaitRoom();
                if (full) {
                    reader.pause();
                } else {
                    reader.resume();
                }
                reader.poll(full ? Duration.ZERO : POLL).forEach(this::enqueue);
                if (!told && reader.positioned()) {
                    told = true;
                    sink.positioned();
                }
                if (spec.durable() && System.nanoTime() - committed > COMMIT_NANOS) {
                    committed = System.nanoTime();
                    commit(reader, false);
                }
            }
            claimAcks.await(LAST_ACKS);
            if (spec.durable()) {
                commit(reader, true);
            }
        } catch (RuntimeException e) {
            end(e);
        } finally {
            claimAcks.stop();
            close(reader);
            closed.complete(null);
        }
    }

    private void close(@Nullable LogReader reader) {
        if (reader == null) {
            return;
        }
        try {
            reader.close();
        } catch (RuntimeException e) {
            log.atWarn()
                    .setMessage("a reader did not close cleanly")
                    .addKeyValue("subscription", spec.id())
                    .setCause(e)
                    .log();
        }
    }

    /** Waits a moment while the queue is full; true if it still is. */
    private boolean awaitRoom() {
        lock.lock();
        try {
            long left = FULL_WAIT_NANOS;
            while (isFull() && ended == null && left > 0) {
                left = changed.awaitNanos(left);
            }
            return isFull();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(new PrismException(ErrorCode.CANCELLED, "interrupted", e));
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull() {
        return queue.size() >= QUEUE_RECORDS || queuedBytes >= QUEUE_BYTES;
    }

    private boolean isEnded() {
        lock.lock();
        try {
            return ended != null;
        } finally {
            lock.unlock();
        }
    }

    private void enqueue(LogEntry entry) {
        Optional<String> topic = namespace.topics().topicOf(entry.topic());
        if (topic.isEmpty()) {
            return;
        }
        RecordReader.Read read = RecordReader.read(namespace, topic.get(), entry, spec.maxInline());
        lock.lock();
        try {
            if (spec.explicit() && !spec.durable() && !ledger.holds(entry.place())) {
                ledger.assigned(entry.place(), Optional.empty());
            }
            if (ledger.holds(entry.place()) ? !ledger.read(entry) : spec.durable()) {
                return; // acknowledged already, or another stream's by now
            }
            Pending pending =
                    new Pending(
                            entry, read.message(), read.unreadable(), ledger.deliveryCount(entry));
            queue.addLast(pending);
            queuedBytes += pending.weight();
            queuedClaims += pending.claimSize() > 0 ? 1 : 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void forget(Pending pending) {
        queuedBytes -= pending.weight();
        queuedClaims -= pending.claimSize() > 0 ? 1 : 0;
    }

    private void commit(LogReader reader, boolean wait) {
        Map<LogPartition, CommitPoint> points;
        lock.lock();
        try {
            points = ledger.takeChanges();
        } finally {
            lock.unlock();
        }
        if (!points.isEmpty()) {
            reader.commit(points, wait);
        }
    }

    @Override
    public void assigned(LogPartition partition, Optional<CommitPoint> from) {
        lock.lock();
        try {
            ledger.assigned(partition, from);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Map<LogPartition, CommitPoint> revoked(Collection<LogPartition> partitions) {
        lock.lock();
        try {
            queue.removeIf(
                    pending -> {
                        boolean gone = partitions.contains(pending.entry.place());
                        if (gone) {
                            forget(pending);
                        }
                        return gone;
                    });
            changed.signalAll();
            return ledger.revoked(partitions);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void lost(Collection<LogPartition> partitions) {
        revoked(partitions);
    }

    // Sending.

    private void sendLoop() {
        RuntimeException reason;
        try {
            while (true) {
                Pending next = awaitNext();
                if (next == null) {
                    break;
                }
                send(next);
            }
            reason = reasonOfEnd();
        } catch (RuntimeException e) {
            end(e);
            reason = reasonOfEnd();
        }
        sink.end(reason);
    }

    private RuntimeException reasonOfEnd() {
        lock.lock();
        try {
            RuntimeException reason = ended;
            return reason == null
                    ? new PrismException(ErrorCode.INTERNAL, "the stream ended for no known reason")
                    : reason;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a message, a subscriber that takes it, and room among the unacknowledged; null at
     * the end.
     */
    private @Nullable Pending awaitNext() {
        lock.lock();
        try {
            while (ended == null) {
                boolean window = !spec.explicit() || ledger.unacknowledged() < spec.maxInflight();
                if (!queue.isEmpty() && window && sink.ready()) {
                    lookAhead();
                    Pending next = queue.removeFirst();
                    boolean wasFull = isFull();
                    forget(next);
                    if (wasFull) {
                        changed.signalAll();
                    }
                    return next;
                }
                changed.await();
            }
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Starts to fetch the first claims in the queue: at least one, and more while they are small.
     */
    private void lookAhead() {
        if (queuedClaims == 0) {
            return;
        }
        long bytes = 0;
        int claims = 0;
        for (Iterator<Pending> it = queue.iterator(); it.hasNext() && claims < AHEAD_CLAIMS; ) {
            Pending pending = it.next();
            long size = pending.claimSize();
            if (size == 0 || size > spec.maxInline()) {
                continue;
            }
            bytes += size;
            claims++;
            if (claims > 1 && bytes > AHEAD_BYTES) {
                return;
            }
            if (pending.content == null) {
                pending.content = namespace.chain().consume(pending.incoming);
            }
        }
    }

    private void send(Pending pending) {
        Event event = event(pending);
        if (event == null) {
            update(() -> ledger.done(pending.entry));
            return;
        }
        UUID claim = claimAcks.claimOf(pending.incoming);
        lock.lock();
        try {
            if (spec.durable() && !ledger.holds(pending.entry.place())) {
                return; // given to another stream meanwhile, which delivers it
            }
            if (spec.explicit()) {
                ledger.delivered(pending.entry, event.getMessageId(), claim);
            }
        } finally {
            lock.unlock();
        }
        sink.send(event);
        metrics.delivered.increment();
        if (!spec.explicit()) {
            doneWith(pending, event, claim);
        }
    }

    /** The subscriber acknowledges by taking the event. */
    private void doneWith(Pending pending, Event event, @Nullable UUID claim) {
        if (claim == null) {
            if (spec.durable()) {
                update(() -> ledger.done(pending.entry));
            }
        } else if (spec.durable()) {
            claimAcks.delivered(claim, event, () -> update(() -> ledger.done(pending.entry)));
        } else if (!event.hasError()) {
            claimAcks.delivered(claim, event, () -> {});
        }
    }

    private static void inline(Event.Builder event, Incoming message, ByteString bytes) {
        long expected = message.head().claim().map(Claim::size).orElse((long) bytes.size());
        if (bytes.size() != expected) {
            throw new PrismException(
                    ErrorCode.RECORD_UNREADABLE,
                    "the record carries a claim, but the namespace has no claim-check pattern to"
                            + " resolve it");
        }
        event.setPayload(bytes).setPayloadSize(expected);
    }

    /** Null if the subscriber has had it already, although its position does not say so. */
    private @Nullable Event event(Pending pending) {
        Incoming head = pending.incoming;
        Event.Builder event = Events.head(head, pending.deliveryCount, spec.id());
        try {
            if (pending.unreadable != null) {
                throw pending.unreadable;
            }
            CompletableFuture<Incoming> content = pending.content;
            Incoming whole =
                    content == null ? namespace.chain().consume(head).join() : content.join();
            switch (whole.payload()) {
                case Payload.Inline(ByteString bytes) -> inline(event, head, bytes);
                case Payload.Claimed(Claim claim) -> Events.reference(event, claim);
                case Payload.Chunked chunked ->
                        throw new PrismException(
                                ErrorCode.INTERNAL,
                                "a pattern delivered a payload that is still arriving");
            }
        } catch (CompletionException | PrismException e) {
            RuntimeException cause =
                    e instanceof CompletionException
                                    && e.getCause() instanceof RuntimeException inner
                            ? inner
                            : e;
            if (hadBefore(pending, cause)) {
                return null;
            }
            Events.error(event, cause);
            metrics.deliveryError(cause);
        }
        return event.build();
    }

    /**
     * A kill between an acknowledgement and the commit of its position delivers the message again;
     * by then its payload may be gone, because this subscription was the last to need it.
     */
    private boolean hadBefore(Pending pending, RuntimeException cause) {
        UUID claim = claimAcks.claimOf(pending.incoming);
        String name = spec.name();
        return claim != null
                && name != null
                && cause instanceof PrismException known
                && spec.awaited(pending.incoming.publishedAt())
                && namespace.journal().consumed(claim, name, pending.incoming.publishedAt(), known);
    }
}
