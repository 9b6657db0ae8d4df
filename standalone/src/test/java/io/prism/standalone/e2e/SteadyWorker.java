package io.prism.standalone.e2e;

import io.grpc.StatusRuntimeException;
import io.prism.v1.AcknowledgeOutcome;
import io.prism.v1.Message;
import io.prism.v1.QueueSubscribeRequest;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A queue's consumer, which subscribes again whenever its stream ends, looks at each message's
 * payload, and accepts most and releases some.
 */
final class SteadyWorker extends SteadyClient {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int RELEASE_ONE_OF = 10;
    private static final int MANY = 1_000;
    private static final int WINDOW = 16;

    private final String namespace;
    private final String topic;
    private final Random random;
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final AtomicLong messages = new AtomicLong();

    SteadyWorker(TestClient client, String namespace, String topic, Random random) {
        super(client);
        this.namespace = namespace;
        this.topic = topic;
        this.random = random;
    }

    @Override
    public void run() {
        QueueSubscribeRequest request =
                QueueSubscribeRequest.newBuilder()
                        .setTopic(topic)
                        .setMaxInflight(WINDOW)
                        .setMaxDeliveries(MANY)
                        .build();
        while (!isStopped()) {
            try (Worker stream = new Worker(client, namespace, request)) {
                Throwable over = null;
                while (!isStopped() && over == null) {
                    Message message = stream.poll(POLL);
                    if (message != null) {
                        handle(stream, message);
                    }
                    over = stream.failure();
                }
                if (over != null) {
                    awaitAgain(over);
                }
            }
        }
    }

    private void handle(Worker stream, Message message) {
        String id = message.getPublishedId();
        messages.incrementAndGet();
        boolean unavailable = message.hasError() && isUnavailable(message.getError());
        if (message.hasError() && !unavailable) {
            throw new AssertionError(
                    "no payload came"
                            + (accepted.contains(id) ? " after it was accepted" : "")
                            + " with "
                            + message);
        }
        if (!unavailable && !message.getPayload().equals(SeededPayloads.of(id))) {
            throw new AssertionError("another payload came with " + id);
        }
        AcknowledgeOutcome outcome =
                unavailable || random.nextInt(RELEASE_ONE_OF) == 0
                        ? AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_RELEASE
                        : AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_ACCEPT;
        try {
            boolean settled = stream.settle(outcome, List.of(message)).getAcknowledged() == 1;
            if (settled && outcome == AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_ACCEPT) {
                accepted.add(id);
            }
        } catch (StatusRuntimeException e) {
            // It is delivered again, or it was accepted and nobody will hear of it any more.
            if (outcome == AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_ACCEPT) {
                accepted.add(id);
            }
            awaitAgain(e);
        }
    }

    /** The ids of the messages that came, whole, and that this worker has accepted or tried to. */
    Set<String> accepted() {
        return accepted;
    }

    /** How many messages came, repeated ones included. */
    long messages() {
        return messages.get();
    }
}
