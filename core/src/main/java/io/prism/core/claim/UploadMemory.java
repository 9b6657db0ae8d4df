package io.prism.core.claim;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The memory that all uploads of a process share, handed out in pages, first come first served.
 * Thread-safe.
 *
 * <p>An upload can only give memory back once it has filled a part and sent it, so many uploads
 * with half a part each could wait for one another for ever. Therefore one part's worth is set
 * apart as a <em>reserve</em>: when the rest is used up, the upload that waits longest becomes the
 * reserve's only user until its part is filled; sending that part gives the reserve back, and the
 * next one gets its turn. So some upload can always go on.
 *
 * <p>What cannot be helped here are clients that stop sending in the middle of a part. When nothing
 * at all was given back for {@code patience}, waiters fail with OVERLOADED instead of waiting on.
 */
final class UploadMemory {
    static final int PAGE = Body.PIECE;

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private final int reserve;
    private final Duration patience;
    private int free;
    private int reserveFree;
    private @Nullable Share reserveUser;
    private int used;
    private int peak;
    private long lastProgress = System.nanoTime();

    /**
     * @param capacity in bytes; never less than the largest part is used
     * @param largestPart in bytes
     * @param patience how long nothing may move before waiters give up
     */
    UploadMemory(long capacity, long largestPart, Duration patience) {
        this.reserve = pages(largestPart);
        this.free = Math.max(0, Math.toIntExact(capacity / PAGE) - reserve);
        this.reserveFree = reserve;
        this.patience = patience;
    }

    private static int pages(long bytes) {
        return Math.toIntExact((bytes + PAGE - 1) / PAGE);
    }

    /** Bytes in use now. */
    long used() {
        lock.lock();
        try {
            return (long) used * PAGE;
        } finally {
            lock.unlock();
        }
    }

    /** The most bytes that were ever in use. */
    long peak() {
        lock.lock();
        try {
            return (long) peak * PAGE;
        } finally {
            lock.unlock();
        }
    }

    /** One upload's account; its methods are called by one thread. */
    Share share() {
        return new Share();
    }

    private void takeFree(Share share) {
        free--;
        share.general++;
        count();
    }

    private void takeReserve(Share share) {
        reserveFree--;
        share.reserved++;
        count();
    }

    private void count() {
        used++;
        peak = Math.max(peak, used);
    }

    private void giveBack(int general, int reserved) {
        lock.lock();
        try {
            free += general;
            reserveFree += reserved;
            used -= general + reserved;
            lastProgress = System.nanoTime();
            serveWaiters();
        } finally {
            lock.unlock();
        }
    }

    /** In the order of arrival: from what is free, or else as the reserve's user. */
    private void serveWaiters() {
        while (!waiters.isEmpty()) {
            Waiter first = waiters.peekFirst();
            if (free > 0) {
                takeFree(first.share);
            } else if (reserveUser == null && reserveFree == reserve) {
                reserveUser = first.share;
                takeReserve(first.share);
            } else {
                return;
            }
            waiters.removeFirst();
            first.served = true;
            first.turn.signal();
        }
    }

    private final class Waiter {
        final Share share;
        final Condition turn = lock.newCondition();
        boolean served;

        Waiter(Share share) {
            this.share = share;
        }
    }

    /** The pages of one upload that are not yet on their way. */
    final class Share implements AutoCloseable {
        private int general;
        private int reserved;

        private Share() {}

        /**
         * One page more; blocks while there is none.
         *
         * @throws PrismException OVERLOADED when no upload of the process moves; CANCELLED when the
         *     thread is interrupted
         */
        byte[] page() {
            lock.lock();
            try {
                if (this == reserveUser && reserveFree > 0) {
                    takeReserve(this);
                } else if (waiters.isEmpty() && free > 0) {
                    takeFree(this);
                } else {
                    await();
                }
            } finally {
                lock.unlock();
            }
            return new byte[PAGE];
        }

        private void await() {
            Waiter waiter = new Waiter(this);
            waiters.addLast(waiter);
            serveWaiters();
            try {
                long since = System.nanoTime();
                while (!waiter.served) {
                    long idle = System.nanoTime() - Math.max(since, lastProgress);
                    long left = patience.toNanos() - idle;
                    if (left <= 0) {
                        throw new PrismException(
                                ErrorCode.OVERLOADED,
                                "the memory for uploads is used up and no upload has moved for "
                                        + patience.toSeconds()
                                        + " s; try again, or give the process more of it");
                    }
                    long unused = waiter.turn.awaitNanos(left);
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new PrismException(
                        ErrorCode.CANCELLED, "the upload was cancelled", interrupted);
            } finally {
                if (!waiter.served) {
                    waiters.remove(waiter);
                }
            }
        }

        /**
         * Moves all pages taken so far to a part that is on its way; running the result, once,
         * gives them back.
         */
        Runnable detach() {
            lock.lock();
            try {
                int generalPages = general;
                int reservedPages = reserved;
                general = 0;
                reserved = 0;
                if (reserveUser == this) {
                    reserveUser = null;
                    serveWaiters();
                }
                return () -> giveBack(generalPages, reservedPages);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            detach().run();
        }
    }
}
