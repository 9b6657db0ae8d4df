package io.prism.standalone.cli.client.publish;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/**
 * Publishes one payload of any size in chunks. A chunk is read only when the stream is ready for
 * it, so a server that takes its time holds the reading back, and memory holds a few chunks.
 */
public final class ChunkedPublisher {
    private final PublishCalls calls;
    private final int chunkSize;

    /**
     * @param chunkSize bytes a chunk, at most 4 MiB
     */
    public ChunkedPublisher(PublishCalls calls, int chunkSize) {
        this.calls = calls;
        this.chunkSize = chunkSize;
    }

    /**
     * Blocks until the message is durable. When reading fails or this thread is interrupted, the
     * stream is cancelled: nothing is published.
     *
     * @param header a request without payload
     * @param progress told of every chunk handed to the stream
     */
    public PublishResponse publish(
            PublishRequest header, InputStream payload, LongConsumer progress)
            throws StatusException, IOException, InterruptedException {
        BlockingClientCall<PublishChunk, PublishResponse> call = calls.publishChunked();
        boolean done = false;
        try {
            send(call, header, payload, progress);
            PublishResponse response = call.read();
            done = true;
            if (response == null) {
                throw Status.INTERNAL
                        .withDescription("the server ended the stream without an answer")
                        .asException();
            }
            return response;
        } finally {
            if (!done) {
                call.cancel("the client broke off", null);
            }
        }
    }

    private void send(
            BlockingClientCall<PublishChunk, PublishResponse> call,
            PublishRequest header,
            InputStream payload,
            LongConsumer progress)
            throws StatusException, IOException, InterruptedException {
        boolean open = call.write(PublishChunk.newBuilder().setHeader(header).build());
        while (open) {
            byte[] bytes = payload.readNBytes(chunkSize);
            if (bytes.length == 0) {
                call.halfClose();
                return;
            }
            // The array is this chunk's alone, so the message may share it.
            ByteString data = UnsafeByteOperations.unsafeWrap(bytes);
            open = call.write(PublishChunk.newBuilder().setData(data).build());
            progress.accept(bytes.length);
        }
    }
}
