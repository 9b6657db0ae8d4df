package io.prism.bench.load;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes numbered calls of any kind, in the same two shapes whatever is called.
 *
 * @param patience how long the last answers may take after the load has ended; what has not been
 *     answered by then has failed
 */
public record CallLoad(Duration patience) {

    /** Something that can be asked many times at once. */
    @FunctionalInterface
    public interface Call {
        /**
         * Begins call number {@code index} and does not wait for its answer. One that succeeds says
         * so on another thread, or after this has returned.
         *
         * @param due when it should begin, as {@link System#nanoTime} has it
         */
        void start(long index, long due, Ended ended);
    }

    /** Told once how a call has ended. */
    public interface Ended {
        /** It was answered, and the answer is right. */
        void fine();

        /**
         * @param why the same words for the same cause
         */
        void failed(String why);
    }

    /**
     * Each of so many callers calls again as soon as it was answered, until the time is over or
     * {@code most} calls were made; one that failed stops, so that a server that refuses everything
     * is not hammered. Numbers begin at 0.
     *
     * @return nanoseconds from the first call until everything was answered
     */
    public long closedLoop(Call call, int concurrency, long most, Duration duration, Meter meter)
            throws InterruptedException {
        long start = System.nanoTime();
        Outstanding callers = new Outstanding(concurrency);
        AtomicLong next = new AtomicLong();
        for (int i = 0; i < concurrency; i++) {
            callers.begin();
            new Caller(call, next, most, start + duration.toNanos(), callers, meter).go();
        }
        callers.drain(duration, patience, meter);
        return System.nanoTime() - start;
    }

    /** Used by one thread at a time. */
    private static final class Caller implements Ended {
        private final Call call;
        private final AtomicLong next;
        private final long most;
        private final long deadline;
        private final Outstanding callers;
        private final Meter meter;
        private long since;

        Caller(
                Call call,
                AtomicLong next,
                long most,
                long deadline,
                Outstanding callers,
                Meter meter) {
            this.call = call;
            this.next = next;
            this.most = most;
            this.deadline = deadline;
            this.callers = callers;
            this.meter = meter;
        }

        void go() {
            since = System.nanoTime();
            long index = since - deadline < 0 ? next.getAndIncrement() : most;
            if (index < most) {
                call.start(index, since, this);
            } else {
                callers.end();
            }
        }

        @Override
        public void fine() {
            meter.acknowledged(System.nanoTime() - since);
            go();
        }

        @Override
        public void failed(String why) {
            meter.failed(why);
            callers.end();
        }
    }

    /**
     * Calls at a fixed rate; latencies count from when a call was due. Numbers begin at 0.
     *
     * @param most calls without an answer; beyond it the generator waits, and what waits is late
     * @return nanoseconds from the first call until everything was answered
     */
    public long openLoop(Call call, int ratePerSecond, int most, Duration duration, Meter meter)
            throws InterruptedException {
        long start = System.nanoTime();
        Outstanding outstanding = new Outstanding(most);
        long _ =
                new OpenLoop()
                        .run(
                                ratePerSecond,
                                duration,
                                (index, due) -> {
                                    outstanding.begin();
                                    call.start(index, due, new Due(due, outstanding, meter));
                                });
        outstanding.drain(patience, meter);
        return System.nanoTime() - start;
    }

    private record Due(long due, Outstanding outstanding, Meter meter) implements Ended {
        @Override
        public void fine() {
            meter.acknowledged(System.nanoTime() - due);
            outstanding.end();
        }

        @Override
        public void failed(String why) {
            meter.failed(why);
            outstanding.end();
        }
    }
}
