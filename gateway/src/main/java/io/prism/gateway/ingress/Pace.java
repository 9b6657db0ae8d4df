package io.prism.gateway.ingress;

import io.grpc.stub.ServerCallStreamObserver;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets a server stream's thread go as fast as the client takes messages. Made on the call's own
 * thread, before the handler returns.
 */
final class Pace {
    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final ServerCallStreamObserver<?> call;
    private final Semaphore wake = new Semaphore(0);
    private volatile Runnable whenGone = () -> {};

    Pace(ServerCallStreamObserver<?> call) {
        this.call = call;
        call.setOnReadyHandler(wake::release);
        call.setOnCancelHandler(
                () -> {
                    wake.release();
                    whenGone.run();
                });
    }

    /** Something to do when the client goes away; done at once if it is gone. May be done twice. */
    void whenGone(Runnable action) {
        whenGone = action;
        if (call.isCancelled()) {
            action.run();
        }
    }

    /** Blocks; false once the client is gone. */
    boolean awaitReady() {
        return awaitReady(FOR_EVER);
    }

    /**
     * The same.
     *
     * @throws PrismException READ_TIMEOUT if the client takes nothing for so long
     */
    boolean awaitReady(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (!call.isReady() && !call.isCancelled()) {
            try {
                if (!wake.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)
                        && !call.isReady()) {
                    throw new PrismException(
                            ErrorCode.READ_TIMEOUT,
                            "the call's time was over while it waited for its caller to take what"
                                    + " was read; take it sooner, or give the call more time");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
            }
        }
        return !call.isCancelled();
    }
}
