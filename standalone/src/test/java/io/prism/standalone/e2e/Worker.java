package io.prism.standalone.e2e;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.prism.v1.AcknowledgeOutcome;
import io.prism.v1.Message;
import io.prism.v1.QueueAcknowledgeRequest;
import io.prism.v1.QueueAcknowledgeResponse;
import io.prism.v1.QueueSubscribeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A queue's consumer, as an application would write it. */
final class Worker implements AutoCloseable {
    private final TestClient client;
    private final String namespace;
    private final QueueSubscribeRequest request;
    private final LinkedBlockingQueue<Message> received = new LinkedBlockingQueue<>();
    private volatile @Nullable ClientCallStreamObserver<QueueSubscribeRequest> call;
    private volatile @Nullable Throwable failure;

    Worker(TestClient client, String namespace, QueueSubscribeRequest request) {
        this.client = client;
        this.namespace = namespace;
        this.request = request;
        client.asyncQueue(namespace).subscribe(request, new Receiving());
    }

    private final class Receiving
            implements ClientResponseObserver<QueueSubscribeRequest, Message> {
        @Override
        public void beforeStart(ClientCallStreamObserver<QueueSubscribeRequest> stream) {
            call = stream;
        }

        @Override
        public void onNext(Message message) {
            received.add(message);
        }

        @Override
        public void onError(Throwable error) {
            failure = error;
        }

        @Override
        public void onCompleted() {
            failure = new AssertionError("completed");
        }
    }

    /** Why the stream is over; null while it is not. */
    @Nullable Throwable failure() {
        return failure;
    }

    /** The next message; fails if none comes in time. */
    Message next(Duration patience) {
        Message message = poll(patience);
        if (message == null) {
            throw new AssertionError("no message within " + patience, failure);
        }
        return message;
    }

    /** The next message, or null if none comes in time. */
    @Nullable Message poll(Duration patience) {
        try {
            return received.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    List<Message> take(int count) {
        List<Message> taken = new ArrayList<>();
        while (taken.size() < count) {
            taken.add(next(Duration.ofSeconds(20)));
        }
        return taken;
    }

    QueueAcknowledgeResponse settle(AcknowledgeOutcome outcome, List<Message> messages) {
        return settle(outcome, Duration.ZERO, messages);
    }

    QueueAcknowledgeResponse settle(
            AcknowledgeOutcome outcome, Duration delay, List<Message> messages) {
        return settle(client, outcome, delay, messages);
    }

    /** The same, asked of another gateway. */
    QueueAcknowledgeResponse settle(
            TestClient through,
            AcknowledgeOutcome outcome,
            Duration delay,
            List<Message> messages) {
        QueueAcknowledgeRequest.Builder asked =
                QueueAcknowledgeRequest.newBuilder()
                        .setTopic(request.getTopic())
                        .setGroup(request.getGroup())
                        .setOutcome(outcome)
                        .addAllMessageIds(messages.stream().map(Message::getMessageId).toList());
        if (!delay.isZero()) {
            asked.setDelay(
                    com.google.protobuf.Duration.newBuilder()
                            .setSeconds(delay.toSeconds())
                            .setNanos(delay.toNanosPart()));
        }
        return through.queue(namespace).acknowledge(asked.build());
    }

    void accept(List<Message> messages) {
        QueueAcknowledgeResponse response =
                settle(AcknowledgeOutcome.ACKNOWLEDGE_OUTCOME_ACCEPT, messages);
        if (response.getAcknowledged() != messages.size()) {
            throw new AssertionError("not all were accepted: " + response);
        }
    }

    @Override
    public void close() {
        ClientCallStreamObserver<QueueSubscribeRequest> open = call;
        if (open != null) {
            open.cancel("done", null);
        }
    }
}
