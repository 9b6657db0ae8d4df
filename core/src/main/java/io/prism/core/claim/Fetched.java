package io.prism.core.claim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * A range of an object, in memory.
 *
 * @param data in order, as it arrived; owned by the holder
 * @param size bytes in data
 * @param total bytes of the whole object
 * @param etag of the object the range was read from
 */
record Fetched(List<ByteBuffer> data, long size, long total, String etag) {

    /** Receives one range; keeps what the network hands over without copying it. */
    static AsyncResponseTransformer<GetObjectResponse, Fetched> receiver() {
        return new Receiver();
    }

    private static long totalOf(GetObjectResponse response) {
        String range = response.contentRange();
        int slash = range == null ? -1 : range.lastIndexOf('/');
        if (range != null && slash >= 0 && !range.endsWith("/*")) {
            return Long.parseLong(range, slash + 1, range.length(), 10);
        }
        return response.contentLength();
    }

    /** Attempts follow one another; a late signal of an earlier one never reaches the next. */
    private static final class Receiver
            implements AsyncResponseTransformer<GetObjectResponse, Fetched> {
        private volatile Attempt attempt = new Attempt();

        @Override
        public CompletableFuture<Fetched> prepare() {
            attempt = new Attempt();
            return attempt.result;
        }

        @Override
        public void onResponse(GetObjectResponse answer) {
            attempt.answer = answer;
        }

        @Override
        public void onStream(SdkPublisher<ByteBuffer> publisher) {
            publisher.subscribe(attempt);
        }

        @Override
        public void exceptionOccurred(Throwable error) {
            attempt.result.completeExceptionally(error);
        }
    }

    private static final class Attempt implements Subscriber<ByteBuffer> {
        private final CompletableFuture<Fetched> result = new CompletableFuture<>();
        private final List<ByteBuffer> data = new ArrayList<>();
        private volatile @Nullable GetObjectResponse answer;
        private long size;

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            size += buffer.remaining();
            data.add(buffer);
        }

        @Override
        public void onError(Throwable error) {
            result.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            GetObjectResponse head = answer;
            if (head == null) {
                result.completeExceptionally(new IllegalStateException("a body without an answer"));
            } else {
                String etag = head.eTag() == null ? "" : head.eTag();
                result.complete(new Fetched(data, size, totalOf(head), etag));
            }
        }
    }
}
