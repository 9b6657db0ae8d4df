package io.prism.bench.load;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes one message over and over on several {@code PublishStream}s, each with a window of
 * requests that wait for their answer and within the transport's flow control.
 *
 * @param streams spread over the channels in turn
 * @param window requests without an answer at most, on each stream
 * @param patience how long the last answers may take after the load has ended; what has not been
 *     answered by then has failed
 */
public record StreamLoad(int streams, int window, Duration patience) {
    /** So much may wait in the transport before a stream stops being ready. */
    private static final int READY_BYTES = 256 * 1024;

    /**
     * @return nanoseconds from the first request until everything was answered
     */
    public long run(List<Channel> channels, PublishRequest request, Duration duration, Meter meter)
            throws InterruptedException {
        long start = System.nanoTime();
        long deadline = start + duration.toNanos();
        List<Stream> open =
                open(
                        channels,
                        PubSubServiceGrpc.getPublishStreamMethod(),
                        new Load(request, () -> System.nanoTime() - deadline < 0, meter));
        for (Stream stream : open) {
            stream.await(deadline + patience.toNanos());
        }
        return System.nanoTime() - start;
    }

    /**
     * Publishes so many, however long that takes; what is not answered by the deadline has failed.
     *
     * @param method PublishStream of the service the namespace belongs to
     */
    public void publish(
            List<Channel> channels,
            MethodDescriptor<PublishRequest, PublishResponse> method,
            PublishRequest request,
            long count,
            Duration deadline,
            Meter meter)
            throws InterruptedException {
        AtomicLong left = new AtomicLong(count);
        long last = System.nanoTime() + deadline.toNanos();
        Load load = new Load(request, () -> left.getAndDecrement() > 0, meter);
        for (Stream stream : open(channels, method, load)) {
            stream.await(last);
        }
    }

    /**
     * What all streams share.
     *
     * @param another whether one more is to be published; asked before each
     */
    private record Load(PublishRequest request, BooleanSupplier another, Meter meter) {}

    private List<Stream> open(
            List<Channel> channels,
            MethodDescriptor<PublishRequest, PublishResponse> method,
            Load load) {
        List<Stream> open = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            Stream stream = new Stream(load);
            open.add(stream);
            var _ =
                    ClientCalls.asyncBidiStreamingCall(
                            channels.get(i % channels.size())
                                    .newCall(
                                            method,
                                            CallOptions.DEFAULT.withOnReadyThreshold(READY_BYTES)),
                            stream);
        }
        return open;
    }

    /** gRPC calls a stream's callbacks one after the other, so its fields need no lock. */
    private final class Stream implements ClientResponseObserver<PublishRequest, PublishResponse> {
        private final Load load;
        private final Meter meter;
        private final CountDownLatch done = new CountDownLatch(1);
        private @Nullable ClientCallStreamObserver<PublishRequest> requests;
        private int unanswered;
        private boolean finished;

        Stream(Load load) {
            this.load = load;
            this.meter = load.meter();
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<PublishRequest> requestStream) {
            requests = requestStream;
            requestStream.setOnReadyHandler(() -> fill(requestStream));
        }

        private void fill(ClientCallStreamObserver<PublishRequest> to) {
            while (!finished && unanswered < window && to.isReady()) {
                if (load.another().getAsBoolean()) {
                    unanswered++;
                    to.onNext(load.request());
                } else {
                    finished = true;
                    to.onCompleted();
                }
            }
        }

        @Override
        public void onNext(PublishResponse response) {
            unanswered--;
            if (response.hasError()) {
                meter.failed(Refusals.of(response.getError()));
            } else if (!response.getSuccess()) {
                meter.failed("answered without success");
            } else {
                meter.acknowledged();
            }
            if (requests != null) {
                fill(requests);
            }
        }

        @Override
        public void onError(Throwable failure) {
            finished = true;
            meter.failed(Math.max(1, unanswered), Refusals.of(failure));
            done.countDown();
        }

        @Override
        public void onCompleted() {
            if (unanswered > 0 || !finished) {
                meter.failed(Math.max(1, unanswered), "the stream ended before its answers");
            }
            finished = true;
            done.countDown();
        }

        void await(long last) throws InterruptedException {
            if (!done.await(last - System.nanoTime(), TimeUnit.NANOSECONDS) && requests != null) {
                requests.cancel("no answer in time", null);
                done.await();
            }
        }
    }
}
