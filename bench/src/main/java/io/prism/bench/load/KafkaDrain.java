package io.prism.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Works a topic off with consumers of one group, each on a thread of its own. The time counts from
 * when every consumer has its share, so joining the group does not count; where a topic is so small
 * that some hold all of it, from when it is clear that the others get none.
 *
 * @param consumers how many
 * @param patience how long nothing may happen
 */
public record KafkaDrain(int consumers, Duration patience) {
    /** Longer than joining takes, and shorter than a share group lets a record be held. */
    private static final Duration SETTLED = Duration.ofSeconds(10);

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

        /** Since when somebody is ready without a break. */
        private long someReady;

        Group(int members, Duration patience) {
            this.ready = new boolean[members];
            this.someReady = System.nanoTime();
            this.last = someReady + patience.toNanos();
        }

        /** Whether everybody has been ready at the same time, or will not be. */
        synchronized boolean begins(int member, boolean isReady) {
            ready[member] = isReady;
            if (begins) {
                return true;
            }
            long now = System.nanoTime();
            int count = 0;
            for (boolean one : ready) {
                count += one ? 1 : 0;
            }
            if (count == 0) {
                someReady = now;
            }
            if (count == ready.length || now - someReady > SETTLED.toNanos()) {
                begins = true;
                begun.set(now);
            } else if (count == 0 && now - last > 0) {
                throw new IllegalStateException("no consumer got a share of the topic");
            }
            return begins;
        }
    }
}
