package io.prism.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Works a topic off with consumers of one group, each on a thread of its own. The time counts from
 * when every consumer has its share, so joining the group does not count.
 *
 * @param consumers how many
 * @param patience how long nothing may happen
 */
public record KafkaDrain(int consumers, Duration patience) {

    /** One member of the group. Used by one thread. */
    public interface Member extends AutoCloseable {
        /**
         * Does a little towards its share of the topic, and acknowledges nothing.
         *
         * @return whether it has its share
         */
        boolean prepare() throws InterruptedException;

        /** Receives what there is, at least for a moment, and acknowledges it. */
        void receive(Receipts receipts);

        @Override
        void close();
    }

    /**
     * Receives and acknowledges so many messages.
     *
     * @return nanoseconds until the last acknowledgement was answered; what is missing is in the
     *     receipts
     */
    public long drain(Supplier<Member> members, long expected, Receipts receipts)
            throws InterruptedException {
        Group group = new Group(consumers, patience);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < consumers; i++) {
            int number = i;
            threads.add(
                    Thread.ofPlatform()
                            .name("bench-member-" + i)
                            .start(() -> work(number, members, group, receipts)));
        }
        try {
            boolean _ = receipts.await(expected, patience.multipliedBy(2));
        } finally {
            group.over.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        return receipts.lastNanos() - group.begun.get();
    }

    private static void work(int number, Supplier<Member> members, Group group, Receipts receipts) {
        try (Member member = members.get()) {
            while (!group.begins(number, member.prepare())) {
                if (group.over.get()) {
                    return;
                }
            }
            while (!group.over.get()) {
                member.receive(receipts);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            receipts.broken(e);
        } catch (RuntimeException e) {
            receipts.broken(e);
        }
    }

    /** Lets all begin at once. Thread-safe. */
    private static final class Group {
        private final boolean[] ready;
        private final long last;
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicLong begun = new AtomicLong();
        private boolean begins;

        Group(int members, Duration patience) {
            this.ready = new boolean[members];
            this.last = System.nanoTime() + patience.toNanos();
        }

        /** Whether everybody has been ready at the same time. */
        synchronized boolean begins(int member, boolean isReady) {
            ready[member] = isReady;
            if (!begins) {
                boolean all = true;
                for (boolean one : ready) {
                    all &= one;
                }
                if (all) {
                    begins = true;
                    begun.set(System.nanoTime());
                } else if (System.nanoTime() - last > 0) {
                    throw new IllegalStateException("a consumer got no share of the topic");
                }
            }
            return begins;
        }
    }
}
