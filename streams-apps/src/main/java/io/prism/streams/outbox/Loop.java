package io.prism.streams.outbox;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work done again and again on a thread of its own. What fails is begun anew after a pause that
 * grows, however often it fails.
 */
final class Loop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Loop.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration CLOSE = Duration.ofSeconds(3);

    /** All on the loop's thread. */
    interface Work {
        /** Does a piece, and says how long to wait until the next. */
        Duration step();

        /** Lets go of everything, after a failure and at the end; the next step begins anew. */
        default void release() {}
    }

    private final String name;
    private final Work work;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private volatile String problem = "";

    /**
     * @param name of what, for log and health: {@code "stamper of orders"}
     */
    Loop(String name, Work work) {
        this.name = name;
        this.work = work;
        this.thread = Thread.ofPlatform().daemon().name(name.replace(' ', '-')).start(this::run);
    }

    /** Why it does nothing right now; empty when all is well. */
    String problem() {
        return problem;
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        while (stop.getCount() > 0) {
            try {
                Duration next = work.step();
                problem = "";
                pause = FIRST_PAUSE;
                await(next);
            } catch (RuntimeException failure) {
                if (stop.getCount() > 0) {
                    failed(failure);
                }
                letGo();
                await(pause);
                pause = pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            }
        }
        letGo();
    }

    private void failed(RuntimeException failure) {
        boolean first = problem.isEmpty();
        problem = name + ": " + failure.getMessage();
        if (first) {
            log.atWarn()
                    .setMessage("work on an outbox fails; it is tried again until it succeeds")
                    .addKeyValue("work", name)
                    .setCause(failure)
                    .log();
        } else {
            log.atDebug().addKeyValue("work", name).setCause(failure).log("it still fails");
        }
    }

    private void letGo() {
        try {
            work.release();
        } catch (RuntimeException e) {
            log.atWarn()
                    .setMessage("work on an outbox did not let go cleanly")
                    .addKeyValue("work", name)
                    .setCause(e)
                    .log();
        }
    }

    private void await(Duration time) {
        try {
            boolean unused = stop.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join(CLOSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
