package io.prism.bench.load;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.prism.v1.FetchRequest;
import io.prism.v1.PayloadChunk;
import io.prism.v1.PayloadServiceGrpc;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One payload of any size in and out of Prism, with a few blocks of it in memory.
 *
 * @param patience how long one transfer may take
 */
public record ChunkedLoad(Duration patience) {
    private static final int READY_BYTES = 2 * LargePayload.BLOCK;

    /**
     * Publishes the payload and waits until it is durable.
     *
     * @param header a request without payload
     * @param progress told how many bytes more went out
     * @throws ExecutionException with the gRPC failure
     */
    public PublishResponse publish(
            Channel channel, PublishRequest header, LargePayload payload, LongConsumer progress)
            throws InterruptedException, ExecutionException, TimeoutException {
        Upload upload = new Upload(header, payload, progress);
        var _ =
                ClientCalls.asyncClientStreamingCall(
                        channel.newCall(
                                PubSubServiceGrpc.getPublishChunkedMethod(),
                                CallOptions.DEFAULT
                                        .withOnReadyThreshold(READY_BYTES)
                                        .withDeadlineAfter(patience)),
                        upload);
        return upload.answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Fetches the payload and digests it while it arrives.
     *
     * @return SHA-256 in hexadecimal
     * @throws ExecutionException with the gRPC failure, or saying that a chunk was out of place
     */
    public String fetch(Channel channel, String payloadRef, LongConsumer progress)
            throws InterruptedException, ExecutionException, TimeoutException {
        Download download = new Download(progress);
        ClientCalls.asyncServerStreamingCall(
                channel.newCall(
                        PayloadServiceGrpc.getFetchMethod(),
                        CallOptions.DEFAULT.withDeadlineAfter(patience)),
                FetchRequest.newBuilder().setPayloadRef(payloadRef).build(),
                download);
        return download.digest.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static final class Upload
            implements ClientResponseObserver<PublishChunk, PublishResponse> {
        private final PublishRequest header;
        private final LargePayload payload;
        private final LongConsumer progress;
        private final CompletableFuture<PublishResponse> answer = new CompletableFuture<>();
        private @Nullable PublishResponse response;
        private long next = -1;

        Upload(PublishRequest header, LargePayload payload, LongConsumer progress) {
            this.header = header;
            this.payload = payload;
            this.progress = progress;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<PublishChunk> requests) {
            requests.setOnReadyHandler(() -> fill(requests));
        }

        private void fill(ClientCallStreamObserver<PublishChunk> to) {
            while (next < payload.blocks() && to.isReady()) {
                if (next < 0) {
                    to.onNext(PublishChunk.newBuilder().setHeader(header).build());
                } else {
                    ByteString block = payload.block(next);
                    to.onNext(PublishChunk.newBuilder().setData(block).build());
                    progress.accept(block.size());
                }
                next++;
                if (next == payload.blocks()) {
                    to.onCompleted();
                }
            }
        }

        @Override
        public void onNext(PublishResponse message) {
            response = message;
        }

        @Override
        public void onError(Throwable failure) {
            next = payload.blocks();
            answer.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            if (response != null && response.getSuccess()) {
                answer.complete(response);
            } else {
                answer.completeExceptionally(new IllegalStateException("answered without success"));
            }
        }
    }

    private static final class Download
            implements ClientResponseObserver<FetchRequest, PayloadChunk> {
        private final LongConsumer progress;
        private final MessageDigest sha256 = LargePayload.newSha256();
        private final CompletableFuture<String> digest = new CompletableFuture<>();
        private @Nullable ClientCallStreamObserver<FetchRequest> call;
        private long received;

        Download(LongConsumer progress) {
            this.progress = progress;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<FetchRequest> requests) {
            call = requests;
        }

        @Override
        public void onNext(PayloadChunk chunk) {
            if (chunk.getOffset() != received) {
                String problem =
                        "a chunk at " + chunk.getOffset() + " came where " + received + " was due";
                digest.completeExceptionally(new IllegalStateException(problem));
                if (call != null) {
                    call.cancel(problem, null);
                }
                return;
            }
            chunk.getData().asReadOnlyByteBufferList().forEach(sha256::update);
            received += chunk.getData().size();
            progress.accept(chunk.getData().size());
        }

        @Override
        public void onError(Throwable failure) {
            digest.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            digest.complete(LargePayload.hex(sha256));
        }
    }
}
