package io.prism.standalone.cli.client.subscribe;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.v1.AcknowledgeFailure;
import io.prism.v1.AcknowledgeRequest;
import io.prism.v1.AcknowledgeResponse;
import io.prism.v1.Event;
import io.prism.v1.PubSubServiceGrpc.PubSubServiceBlockingV2Stub;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Acknowledges events of one durable subscription, many with one call. Used by one thread. */
public final class Acknowledger {
    private final PubSubServiceBlockingV2Stub stub;
    private final String topic;
    private final String subscription;
    private final int batch;
    private final Consumer<AcknowledgeFailure> failures;
    private final List<String> pending = new ArrayList<>();
    private long acknowledged;

    /**
     * @param topic as the subscription has it, wildcards included
     * @param batch how many are collected before a call; never more than may be in flight
     * @param failures told of ids the server did not acknowledge
     */
    public Acknowledger(
            PubSubServiceBlockingV2Stub stub,
            String topic,
            String subscription,
            int batch,
            Consumer<AcknowledgeFailure> failures) {
        this.stub = stub;
        this.topic = topic;
        this.subscription = subscription;
        this.batch = batch;
        this.failures = failures;
    }

    /** The event has been dealt with. */
    public void done(Event event) throws StatusException {
        pending.add(event.getMessageId());
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
        AcknowledgeRequest request =
                AcknowledgeRequest.newBuilder()
                        .setTopic(topic)
                        .setSubscription(subscription)
                        .addAllMessageIds(pending)
                        .build();
        pending.clear();
        AcknowledgeResponse response =
                stub.withDeadlineAfter(ServerOptions.callTimeout()).acknowledge(request);
        acknowledged += response.getAcknowledged();
        response.getFailuresList().forEach(failures);
    }

    public long acknowledged() {
        return acknowledged;
    }
}
