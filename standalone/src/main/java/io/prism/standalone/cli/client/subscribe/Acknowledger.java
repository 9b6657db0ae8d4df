package io.prism.standalone.cli.client.subscribe;

import io.grpc.StatusException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Acknowledges what was dealt with, many with one call. Used by one thread. */
public final class Acknowledger {
    private final AckCalls calls;
    private final int batch;
    private final Consumer<AckCalls.Failure> failures;
    private final List<String> pending = new ArrayList<>();
    private long acknowledged;

    /**
     * @param batch how many are collected before a call; never more than may be in flight
     * @param failures told of ids the server did not acknowledge
     */
    public Acknowledger(AckCalls calls, int batch, Consumer<AckCalls.Failure> failures) {
        this.calls = calls;
        this.batch = batch;
        this.failures = failures;
    }

    /** The message of that id has been dealt with. */
    public void done(String messageId) throws StatusException {
        pending.add(messageId);
        if (pending.size() >= batch) {
            flush();
        }
    }

    /** Whether something waits for a flush. */
    public boolean waiting() {
        return !pending.isEmpty();
    }

    /** Sends what was collected; blocks until the server has answered. */
    public void flush() throws StatusException {
        if (pending.isEmpty()) {
            return;
        }
        List<String> ids = List.copyOf(pending);
        pending.clear();
        AckCalls.Answer answer = calls.acknowledge(ids);
        acknowledged += answer.acknowledged();
        answer.failures().forEach(failures);
    }

    public long acknowledged() {
        return acknowledged;
    }
}
