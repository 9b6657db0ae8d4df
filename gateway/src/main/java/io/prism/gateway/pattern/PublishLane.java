package io.prism.gateway.pattern;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The order of one stream of messages. Each message reserves a slot when it arrives; patterns work
 * on many messages at once, but messages are handed to the backend strictly in the order of their
 * slots. Thread-safe.
 */
public final class PublishLane {
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Slot> slots = new ArrayDeque<>();
    private boolean draining;

    /**
     * Takes the next place. It must be handed off or released, or everything behind it waits
     * forever.
     */
    public Slot reserve() {
        Slot slot = new Slot(this);
        lock.lock();
        try {
            slots.addLast(slot);
        } finally {
            lock.unlock();
        }
        return slot;
    }

    /** A slot of no lane, for a message that has no neighbours. */
    public static Slot alone() {
        return new Slot(null);
    }

    /**
     * Runs what stands ready at the head of the lane, one after the other, on the calling thread.
     */
    private void drain() {
        while (true) {
            Slot head;
            lock.lock();
            try {
                head = slots.peekFirst();
                if (draining || head == null || !head.decided) {
                    return;
                }
                slots.removeFirst();
                draining = true;
            } finally {
                lock.unlock();
            }
            head.run();
            lock.lock();
            try {
                draining = false;
            } finally {
                lock.unlock();
            }
        }
    }

    /** A message's place. */
    public static final class Slot {
        private final @Nullable PublishLane lane;
        private volatile boolean decided;
        private @Nullable Supplier<CompletableFuture<Receipt>> action;
        private final CompletableFuture<Receipt> result = new CompletableFuture<>();

        private Slot(@Nullable PublishLane lane) {
            this.lane = lane;
        }

        /**
         * Runs the action when all earlier slots have been handed off or released: now, on this
         * thread, if they have.
         */
        public CompletableFuture<Receipt> handOff(Supplier<CompletableFuture<Receipt>> toBackend) {
            if (lane == null) {
                return toBackend.get();
            }
            action = toBackend;
            decided = true;
            lane.drain();
            return result;
        }

        /** Gives the place up if it was not handed off; idempotent. */
        public void release() {
            if (lane != null && !decided) {
                decided = true;
                lane.drain();
            }
        }

        private void run() {
            Supplier<CompletableFuture<Receipt>> toBackend = action;
            if (toBackend == null) {
                return;
            }
            try {
                toBackend
                        .get()
                        .whenComplete(
                                (receipt, failure) -> {
                                    if (failure == null) {
                                        result.complete(receipt);
                                    } else {
                                        result.completeExceptionally(failure);
                                    }
                                });
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        }
    }
}
