package io.prism.bench.load;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.prism.v1.Message;
import io.prism.v1.QueueAcknowledgeFailure;
import io.prism.v1.QueueAcknowledgeRequest;
import io.prism.v1.QueueAcknowledgeResponse;
import io.prism.v1.QueueServiceGrpc;
import io.prism.v1.QueueSubscribeRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Works a queue off over gRPC: consumers of one group, each on a Subscribe stream of its own. A
 * consumer acknowledges what it has, one call at a time; what arrives meanwhile goes with the next.
 *
 * @param consumers spread over the channels in turn
 * @param inflight messages a consumer holds at most
 * @param ackBatch messages in one call at most
 * @param patience how long nothing may happen
 */
public record QueueLoad(int consumers, int inflight, int ackBatch, Duration patience) {
    /** Messages the transport may have for a consumer. */
    private static final int READ_AHEAD = 1000;

    /**
     * How long a drain took.
     *
     * @param firstNanos from subscribing until every consumer had a message
     * @param drainNanos from then until the last acknowledgement was answered
     */
    public record Took(long firstNanos, long drainNanos) {}

    /**
     * Receives and acknowledges so many messages. The time counts from when every consumer had its
     * first message, so joining the group does not count.
     *
     * @return how long it took; what is missing is in the receipts
     */
    public Took drain(
            List<Channel> channels, String topic, String group, long expected, Receipts receipts)
            throws InterruptedException {
        QueueSubscribeRequest request =
                QueueSubscribeRequest.newBuilder()
                        .setTopic(topic)
                        .setGroup(group)
                        .setMaxInflight(inflight)
                        .build();
        List<Consumer> open = new ArrayList<>();
        try {
            long subscribed = System.nanoTime();
            for (int i = 0; i < consumers; i++) {
                Consumer consumer =
                        new Consumer(channels.get(i % channels.size()), request, receipts);
                open.add(consumer);
                consumer.open();
            }
            long last = System.nanoTime() + patience.toNanos();
            for (Consumer consumer : open) {
                if (!consumer.first.await(last - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    throw new IllegalStateException(
                            "a consumer received nothing within " + patience);
                }
            }
            long start = System.nanoTime();
            open.forEach(Consumer::begin);
            boolean _ = receipts.await(expected, patience);
            return new Took(start - subscribed, receipts.lastNanos() - start);
        } finally {
            open.forEach(Consumer::close);
        }
    }

    private final class Consumer extends ClientCall.Listener<Message>
            implements FutureCallback<QueueAcknowledgeResponse> {
        private final Channel channel;
        private final QueueSubscribeRequest request;
        private final Receipts receipts;
        private final ClientCall<QueueSubscribeRequest, Message> call;
        private final CountDownLatch first = new CountDownLatch(1);
        private final ReentrantLock lock = new ReentrantLock();
        private final ArrayDeque<String> held = new ArrayDeque<>();
        private boolean begun;
        private int acknowledging;

        Consumer(Channel channel, QueueSubscribeRequest request, Receipts receipts) {
            this.channel = channel;
            this.request = request;
            this.receipts = receipts;
            this.call = channel.newCall(QueueServiceGrpc.getSubscribeMethod(), CallOptions.DEFAULT);
        }

        /** Takes one message and keeps it. */
        void open() {
            call.start(this, new Metadata());
            call.request(1);
            call.sendMessage(request);
            call.halfClose();
        }

        void begin() {
            call.request(READ_AHEAD);
            lock.lock();
            try {
                begun = true;
            } finally {
                lock.unlock();
            }
            acknowledge();
        }

        @Override
        public void onMessage(Message message) {
            receipts.received(
                    message.getPartition(), message.getOffset(), message.getPayload().size());
            if (message.hasError()) {
                receipts.refused(1, Refusals.of(message.getError()));
            }
            boolean go;
            lock.lock();
            try {
                held.add(message.getMessageId());
                go = begun;
            } finally {
                lock.unlock();
            }
            first.countDown();
            if (go) {
                call.request(1);
                acknowledge();
            }
        }

        /** Sends what is held, unless a call is under way. */
        private void acknowledge() {
            QueueAcknowledgeRequest.Builder next =
                    QueueAcknowledgeRequest.newBuilder()
                            .setTopic(request.getTopic())
                            .setGroup(request.getGroup());
            lock.lock();
            try {
                if (acknowledging > 0 || held.isEmpty()) {
                    return;
                }
                acknowledging = Math.min(ackBatch, held.size());
                for (int i = 0; i < acknowledging; i++) {
                    next.addMessageIds(held.remove());
                }
            } finally {
                lock.unlock();
            }
            Futures.addCallback(
                    QueueServiceGrpc.newFutureStub(channel)
                            .withDeadlineAfter(patience)
                            .acknowledge(next.build()),
                    this,
                    MoreExecutors.directExecutor());
        }

        @Override
        public void onSuccess(@Nullable QueueAcknowledgeResponse answer) {
            QueueAcknowledgeResponse response = Objects.requireNonNull(answer);
            for (QueueAcknowledgeFailure failure : response.getFailuresList()) {
                receipts.refused(1, failure.getCode());
            }
            receipts.acknowledged(response.getAcknowledged());
            answered();
        }

        @Override
        public void onFailure(Throwable failure) {
            receipts.broken(failure);
        }

        private void answered() {
            lock.lock();
            try {
                acknowledging = 0;
            } finally {
                lock.unlock();
            }
            acknowledge();
        }

        /** Only {@link #close} ends the stream in order. */
        @Override
        public void onClose(Status status, Metadata trailers) {
            if (status.getCode() != Status.Code.CANCELLED) {
                receipts.broken(status.asRuntimeException(trailers));
            }
        }

        void close() {
            call.cancel("no longer needed", null);
        }
    }
}
