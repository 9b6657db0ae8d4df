package io.prism.standalone.cli.client.demo;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.subscribe.AckCalls;
import io.prism.standalone.cli.client.subscribe.EventStream;
import io.prism.v1.AcknowledgeOutcome;
import io.prism.v1.Event;
import io.prism.v1.QueueAcknowledgeRequest;
import io.prism.v1.QueueServiceGrpc.QueueServiceBlockingV2Stub;
import io.prism.v1.QueueSubscribeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A queue's consumer as an application has it. Used by one thread. */
final class QueueWorker implements AutoCloseable {
    private final QueueServiceBlockingV2Stub stub;
    private final String topic;
    private final EventStream stream;

    QueueWorker(QueueServiceBlockingV2Stub stub, String topic, int maxDeliveries) {
        this.stub = stub;
        this.topic = topic;
        this.stream =
                EventStream.open(
                        stub,
                        QueueSubscribeRequest.newBuilder()
                                .setTopic(topic)
                                .setMaxDeliveries(maxDeliveries)
                                .build());
    }

    /** The next message; a command failure if none comes in time. */
    Event next(Duration patience) throws StatusException, InterruptedException {
        return switch (stream.next(patience)) {
            case EventStream.Next.Arrived arrived -> arrived.delivery().event();
            case EventStream.Next.Nothing _ ->
                    throw new CommandFailure(
                            ExitCode.NO,
                            "No message of "
                                    + topic
                                    + " arrived within "
                                    + patience.toSeconds()
                                    + " s.");
            case EventStream.Next.Ended _ ->
                    throw new CommandFailure(ExitCode.NO, "The stream of " + topic + " ended.");
        };
    }

    /** So many messages; each may take that long. */
    List<Event> take(int count, Duration patience) throws StatusException, InterruptedException {
        List<Event> taken = new ArrayList<>();
        while (taken.size() < count) {
            taken.add(next(patience));
        }
        return taken;
    }

    /** Whether nothing comes for that time. */
    boolean quietFor(Duration time) throws StatusException, InterruptedException {
        return stream.next(time) instanceof EventStream.Next.Nothing;
    }

    /** How many of them the server took as done. */
    int accept(List<Event> messages) throws StatusException {
        return settle(AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_ACCEPT, "", messages).acknowledged();
    }

    AckCalls.Answer acknowledge(Event message) throws StatusException {
        return settle(AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_ACCEPT, "", List.of(message));
    }

    /** Gives it back. */
    void release(Event message, String reason) throws StatusException {
        settle(AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_RELEASE, reason, List.of(message));
    }

    private AckCalls.Answer settle(AcknowledgeOutcome outcome, String reason, List<Event> messages)
            throws StatusException {
        QueueAcknowledgeRequest header =
                QueueAcknowledgeRequest.newBuilder()
                        .setTopic(topic)
                        .setOutcome(outcome)
                        .setReason(reason)
                        .build();
        return AckCalls.ofQueue(stub, header)
                .acknowledge(messages.stream().map(Event::getMessageId).toList());
    }

    /** Whatever it holds goes to others. */
    @Override
    public void close() {
        stream.close();
    }
}
