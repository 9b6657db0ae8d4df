package io.prism.gateway.queue;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.queue.PartitionWork.Held;
import io.prism.v1.Message;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One open Subscribe call. A virtual thread takes records from the hub while the consumer has room,
 * and hands them over; claimed payloads are fetched a few at a time.
 */
public final class QueueStream {
    private static final int FETCHES = 4;

    private final String id;
    private final StreamRules rules;
    private final QueueHub hub;
    private final MessageSink sink;
    private final Semaphore fetches = new Semaphore(FETCHES);
    private final ReentrantLock sending = new ReentrantLock();
    private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

    // Guarded by the hub's lock.
    private int inflight;
    private long left;
    private @Nullable RuntimeException ended;

    QueueStream(String id, StreamRules rules, QueueHub hub, MessageSink sink) {
        this.id = id;
        this.rules = rules;
        this.left = rules.maxMessages();
        this.hub = hub;
        this.sink = sink;
    }

    String id() {
        return id;
    }

    StreamRules rules() {
        return rules;
    }

    void start() {
        Thread.ofVirtual().name("queue-stream-" + id).start(this::run);
    }

    /** Completes when what the stream held is on its way back. */
    CompletableFuture<@Nullable Void> closed() {
        return closed;
    }

    /** The consumer may be ready for more. */
    public void wake() {
        hub.wake();
    }

    /** Ends the stream; what it holds goes to other consumers. Idempotent. */
    public void end(RuntimeException reason) {
        hub.end(this, reason);
    }

    // The hub calls these under its lock.

    int room() {
        return ended == null && sink.ready()
                ? (int) Math.max(0, Math.min(rules.maxInflight() - inflight, left))
                : 0;
    }

    boolean isEnded() {
        return ended != null;
    }

    @Nullable RuntimeException endedBy() {
        return ended;
    }

    void ended(RuntimeException reason) {
        if (ended == null) {
            ended = reason;
        }
    }

    /** A record is on its way to the consumer. */
    void took() {
        inflight++;
        left--;
    }

    /** The record that was on its way is not delivered. */
    void gaveBack() {
        inflight--;
        left++;
    }

    /** A message that was delivered is not held any more. */
    void settled() {
        inflight--;
    }

    private void run() {
        RuntimeException reason;
        try {
            sink.opened();
            Held held = hub.take(this);
            while (held != null) {
                hand(held);
                held = hub.take(this);
            }
            reason = hub.reasonOfEnd(this);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reason = new PrismException(ErrorCode.CANCELLED, "interrupted", e);
        } catch (RuntimeException e) {
            reason = e;
        }
        hub.left(this, reason);
        sending.lock();
        try {
            sink.end(reason);
        } finally {
            sending.unlock();
            closed.complete(null);
        }
    }

    private void hand(Held held) throws InterruptedException {
        if (!hub.needsFetch(held)) {
            hub.deliver(this, held);
            return;
        }
        fetches.acquire();
        Thread.ofVirtual()
                .name("queue-fetch-" + id)
                .start(
                        () -> {
                            try {
                                hub.deliver(this, held);
                            } finally {
                                fetches.release();
                            }
                        });
    }

    void send(Message message) {
        sending.lock();
        try {
            sink.send(message);
        } finally {
            sending.unlock();
        }
    }
}
