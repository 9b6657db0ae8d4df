package io.prism.gateway.http;

import io.prism.core.error.PrismException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Asks a server from time to time whether it answers, and remembers what came of it. */
public final class Probe implements OperatorHttp.Check {
    private static final long INTERVAL_SECONDS = 5;

    private final Runnable question;
    private volatile String problem = "";

    /**
     * Begins to ask.
     *
     * @param question throws a PrismException if the server does not answer; may block for seconds
     */
    public Probe(Runnable question, ScheduledExecutorService scheduler) {
        this.question = question;
        var unused =
                scheduler.scheduleWithFixedDelay(
                        this::ask, INTERVAL_SECONDS, INTERVAL_SECONDS, TimeUnit.SECONDS);
    }

    private void ask() {
        try {
            question.run();
            problem = "";
        } catch (PrismException e) {
            problem = String.valueOf(e.getMessage());
        }
    }

    /** What was wrong when the server was last asked; empty if nothing was. */
    @Override
    public String get() {
        return problem;
    }
}
