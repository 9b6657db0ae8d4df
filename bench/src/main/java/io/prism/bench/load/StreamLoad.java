package io.prism.bench.load;

import io.grpc.CallOptions;
import io.grpc.Channel;
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
        List<Stream> open = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            Stream stream = new Stream(request, deadline, meter);
            open.add(stream);
            var _ =
                    ClientCalls.asyncBidiStreamingCall(
                            channels.get(i % channels.size())
                                    .newCall(
                                            PubSubServiceGrpc.getPublishStreamMethod(),
                                            CallOptions.DEFAULT.withOnReadyThreshold(READY_BYTES)),
                            stream);
        }
        long last = deadline + patience.toNanos();
        for (Stream stream : open) {
            stream.await(last);
        }
        return System.nanoTime() - start;
    }

    /** gRPC calls a stream's callbacks one after the other, so its fields need no lock. */
    private final class Stream implements ClientResponseObserver<PublishRequest, PublishResponse> {
        private final PublishRequest request;
        private final long deadline;
        private final Meter meter;
        private final CountDownLatch done = new CountDownLatch(1);
        private @Nullable ClientCallStreamObserver<PublishRequest> requests;
        private int unanswered;
        private boolean finished;

        Stream(PublishRequest request, long deadline, Meter meter) {
            this.request = request;
            this.deadline = deadline;
            this.meter = meter;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<PublishRequest> requestStream) {
            requests = requestStream;
            requestStream.setOnReadyHandler(() -> fill(requestStream));
        }

        private void fill(ClientCallStreamObserver<PublishRequest> to) {
            while (!finished && unanswered < window && to.isReady()) {
                if (System.nanoTime() - deadline >= 0) {
                    finished = true;
                    to.onCompleted();
                } else {
                    unanswered++;
                    to.onNext(request);
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
                requests.cancel("no answer within " + patience, null);
                done.await();
            }
        }
    }
}
