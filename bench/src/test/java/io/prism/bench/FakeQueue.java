package io.prism.bench;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.v1.GetTopicInfoRequest;
import io.prism.v1.GetTopicInfoResponse;
import io.prism.v1.Message;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.QueueAcknowledgeRequest;
import io.prism.v1.QueueAcknowledgeResponse;
import io.prism.v1.QueueServiceGrpc;
import io.prism.v1.QueueSubscribeRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** The queues of {@link FakePrism}: one group each, every message handed out once. */
final class FakeQueue extends QueueServiceGrpc.QueueServiceImplBase {
    private static final long PAUSE_MILLIS = 2;

    private final Function<PublishRequest, PublishResponse> accept;
    private final Supplier<String> namespace;
    private final Map<String, Queue> queues = new ConcurrentHashMap<>();

    private static final class Queue {
        private final Deque<Message> waiting = new ArrayDeque<>();
        private final Set<String> unsettled = new HashSet<>();
        private long next;

        synchronized void add(PublishRequest request) {
            Message message =
                    Message.newBuilder()
                            .setMessageId("delivery-" + next)
                            .setPayload(request.getPayload())
                            .setOffset(next++)
                            .build();
            waiting.add(message);
            unsettled.add(message.getMessageId());
        }

        synchronized Optional<Message> take() {
            return Optional.ofNullable(waiting.poll());
        }

        synchronized boolean settle(String id) {
            return unsettled.remove(id);
        }

        synchronized long depth() {
            return unsettled.size();
        }
    }

    /**
     * @param accept sees every message before it is answered; refuses by throwing
     * @param namespace of the present call
     */
    FakeQueue(Function<PublishRequest, PublishResponse> accept, Supplier<String> namespace) {
        this.accept = accept;
        this.namespace = namespace;
    }

    private Queue queue(String topic) {
        return queues.computeIfAbsent(namespace.get() + "." + topic, _ -> new Queue());
    }

    @Override
    public StreamObserver<PublishRequest> publishStream(StreamObserver<PublishResponse> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(PublishRequest request) {
                try {
                    PublishResponse answer = accept.apply(request);
                    queue(request.getTopic()).add(request);
                    answers.onNext(answer);
                } catch (RuntimeException e) {
                    answers.onError(Status.UNAVAILABLE.asException());
                }
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }

    @Override
    public void subscribe(QueueSubscribeRequest request, StreamObserver<Message> observer) {
        var call = (ServerCallStreamObserver<Message>) observer;
        call.setOnCancelHandler(() -> {});
        Queue queue = queue(request.getTopic());
        Thread.ofVirtual().start(() -> hand(queue, call));
    }

    private static void hand(Queue queue, ServerCallStreamObserver<Message> call) {
        try {
            while (!call.isCancelled()) {
                if (call.isReady()) {
                    queue.take().ifPresent(call::onNext);
                } else {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void acknowledge(
            QueueAcknowledgeRequest request, StreamObserver<QueueAcknowledgeResponse> answers) {
        QueueAcknowledgeResponse.Builder answer = QueueAcknowledgeResponse.newBuilder();
        Queue queue = queue(request.getTopic());
        for (String id : request.getMessageIdsList()) {
            if (queue.settle(id)) {
                answer.setAcknowledged(answer.getAcknowledged() + 1);
            } else {
                answer.addFailuresBuilder().setMessageId(id).setCode("LEASE_LOST");
            }
        }
        answers.onNext(answer.build());
        answers.onCompleted();
    }

    @Override
    public void getTopicInfo(
            GetTopicInfoRequest request, StreamObserver<GetTopicInfoResponse> answers) {
        answers.onNext(
                GetTopicInfoResponse.newBuilder()
                        .setDepth(queue(request.getTopic()).depth())
                        .build());
        answers.onCompleted();
    }
}
