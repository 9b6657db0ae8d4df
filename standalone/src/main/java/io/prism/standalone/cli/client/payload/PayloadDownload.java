package io.prism.standalone.cli.client.payload;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.prism.v1.FetchRequest;
import io.prism.v1.PayloadChunk;
import io.prism.v1.PayloadServiceGrpc.PayloadServiceBlockingV2Stub;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Fetches payloads with memory for one chunk. A stream that breaks after it has brought something
 * is opened again at the place that was reached; one that fails at once fails the download.
 */
public final class PayloadDownload {
    private final PayloadServiceBlockingV2Stub stub;
    private final Retries retries;
    private final AtomicReference<@Nullable BlockingClientCall<?, PayloadChunk>> current =
            new AtomicReference<>();

    public PayloadDownload(PayloadServiceBlockingV2Stub stub, Retries retries) {
        this.stub = stub;
        this.retries = retries;
    }

    /** Takes a payload's bytes in order. */
    public interface Sink {
        void write(ByteString data) throws IOException;
    }

    /**
     * @param bytes that were fetched
     * @param resumed how often the stream was opened again; above 0 the server could not check the
     *     whole payload against its digest
     */
    public record Result(long bytes, int resumed) {}

    /**
     * Blocks until everything is in the sink.
     *
     * @param length 0 fetches to the end
     */
    public Result fetch(String payloadRef, long offset, long length, Sink sink)
            throws StatusException, IOException, InterruptedException {
        Transfer transfer = new Transfer(offset, length, sink);
        int resumed = 0;
        int attempts = 0;
        while (true) {
            long before = transfer.position;
            try {
                run(payloadRef, transfer);
                return new Result(transfer.position - offset, resumed);
            } catch (StatusException e) {
                attempts = transfer.position > before ? 1 : attempts + 1;
                boolean begun = transfer.position > offset;
                if (!begun || attempts > retries.attempts() || !retries.sensible(e)) {
                    throw e;
                }
                resumed++;
                retries.pauseBefore(attempts);
            }
        }
    }

    private void run(String payloadRef, Transfer transfer)
            throws StatusException, IOException, InterruptedException {
        if (transfer.complete()) {
            return;
        }
        BlockingClientCall<?, PayloadChunk> call =
                stub.fetch(
                        FetchRequest.newBuilder()
                                .setPayloadRef(payloadRef)
                                .setOffset(transfer.position)
                                .setLength(transfer.left())
                                .build());
        current.set(call);
        boolean ended = false;
        try {
            PayloadChunk chunk = call.read();
            while (chunk != null) {
                transfer.take(chunk);
                chunk = call.read();
            }
            ended = true;
        } finally {
            current.set(null);
            if (!ended) {
                call.cancel("the client broke off", null);
            }
        }
    }

    /** Ends a fetch that is under way, from another thread; it fails with CANCELLED. */
    public void cancel() {
        BlockingClientCall<?, PayloadChunk> call = current.get();
        if (call != null) {
            call.cancel("stopped by the client", null);
        }
    }

    /** How far a download is. */
    private static final class Transfer {
        private final long offset;
        private final long length;
        private final Sink sink;
        private long position;

        Transfer(long offset, long length, Sink sink) {
            this.offset = offset;
            this.length = length;
            this.sink = sink;
            this.position = offset;
        }

        boolean complete() {
            return length > 0 && left() == 0;
        }

        /** As a request has it: 0 means to the end. */
        long left() {
            return length == 0 ? 0 : offset + length - position;
        }

        void take(PayloadChunk chunk) throws IOException, StatusException {
            if (chunk.getOffset() != position) {
                throw Status.DATA_LOSS
                        .withDescription(
                                "the server sent bytes of offset "
                                        + chunk.getOffset()
                                        + " where "
                                        + position
                                        + " was due")
                        .asException();
            }
            sink.write(chunk.getData());
            position += chunk.getData().size();
        }
    }
}
