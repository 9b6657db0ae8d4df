package io.prism.standalone.cli.client.console;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets a command end cleanly on Ctrl-C or SIGTERM: the stop action is run once, from another
 * thread, and the process stays until this is closed, for a grace period at most. The exit code is
 * then the JVM's own, 130 for Ctrl-C.
 */
public final class Interruption implements AutoCloseable {
    /** Enough for a last call and a summary. */
    public static final Duration GRACE = Duration.ofSeconds(5);

    private final AtomicBoolean interrupted = new AtomicBoolean();
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook;

    private Interruption(Runnable stop, Duration grace) {
        this.hook =
                Thread.ofPlatform()
                        .name("prism-interruption")
                        .unstarted(
                                () -> {
                                    interrupted.set(true);
                                    stop.run();
                                    awaitFinished(grace);
                                });
    }

    /**
     * @param stop must make the command's work end soon; it must not throw
     */
    public static Interruption stopping(Runnable stop) {
        return stopping(stop, GRACE);
    }

    /**
     * @param stop must make the command's work end soon; it must not throw
     * @param grace how long tidying up may take
     */
    public static Interruption stopping(Runnable stop, Duration grace) {
        Interruption interruption = new Interruption(stop, grace);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    /** Whether the command was asked to stop. */
    public boolean interrupted() {
        return interrupted.get();
    }

    private void awaitFinished(Duration grace) {
        try {
            if (!finished.await(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("stopped before everything was tidied up");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What had to be tidied up is. */
    @Override
    public void close() {
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook is what brought us here; it may now end.
            return;
        }
    }
}
