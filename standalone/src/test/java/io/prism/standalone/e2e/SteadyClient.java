package io.prism.standalone.e2e;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;

/**
 * A client that outlives its server: it tries again where that is promised to help, and nowhere
 * else.
 */
abstract class SteadyClient implements Runnable {
    private static final long AGAIN_MILLIS = 100;

    final TestClient client;
    private volatile boolean stopped;

    SteadyClient(TestClient client) {
        this.client = client;
    }

    /** It finishes what it is at. */
    final void stop() {
        stopped = true;
    }

    final boolean isStopped() {
        return stopped;
    }

    /** Returns when it makes sense to try again; fails if the failure is not one of those. */
    final void awaitAgain(Throwable failure) {
        if (!isUnavailable(failure)) {
            throw new AssertionError("not a failure that a kill explains", failure);
        }
        // Or the channel would wait longer after each attempt.
        client.dataChannel().resetConnectBackoff();
        pause(AGAIN_MILLIS);
    }

    private static boolean isUnavailable(Throwable failure) {
        return switch (failure) {
            case StatusRuntimeException e -> isUnavailable(e.getStatus());
            case StatusException e -> isUnavailable(e.getStatus());
            default -> false;
        };
    }

    /** A connection that breaks while a call is written is UNKNOWN to gRPC's client. */
    private static boolean isUnavailable(Status status) {
        return status.getCode() == Status.Code.UNAVAILABLE
                || status.getCode() == Status.Code.UNKNOWN
                        && status.getCause() instanceof ClosedChannelException;
    }

    /** Of a payload that can be had later. */
    static boolean isUnavailable(com.google.rpc.Status error) {
        return error.getCode() == Status.Code.UNAVAILABLE.value();
    }

    static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
