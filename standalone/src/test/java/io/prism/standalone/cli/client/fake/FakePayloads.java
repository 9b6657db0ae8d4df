package io.prism.standalone.cli.client.fake;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.prism.core.error.ErrorCode;
import io.prism.v1.FetchRequest;
import io.prism.v1.PayloadChunk;
import io.prism.v1.PayloadServiceGrpc.PayloadServiceImplBase;
import java.util.Optional;

/** Ranged reads of what was published; breaks in the middle when asked to. */
final class FakePayloads extends PayloadServiceImplBase {
    private static final int CHUNK = 64 << 10;

    private final FakeLog log;
    private final Faults faults;

    FakePayloads(FakeLog log, Faults faults) {
        this.log = log;
        this.faults = faults;
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<PayloadChunk> responses) {
        ServerCallStreamObserver<PayloadChunk> out =
                (ServerCallStreamObserver<PayloadChunk>) responses;
        faults.fetchOffsets.add(request.getOffset());
        Optional<FakeLog.Stored> stored =
                log.all().stream()
                        .filter(one -> one.ref().equals(request.getPayloadRef()))
                        .findFirst();
        if (stored.isEmpty()) {
            out.onError(FakeErrors.of(ErrorCode.PAYLOAD_REF_INVALID, "no such payload_ref"));
            return;
        }
        if (stored.get().request().containsMetadata("fetch-lost")) {
            out.onError(FakeErrors.of(ErrorCode.CLAIM_MISSING, "the object is gone"));
            return;
        }
        ByteString payload = stored.get().payload();
        long end =
                request.getLength() == 0
                        ? payload.size()
                        : request.getOffset() + request.getLength();
        if (end > payload.size()) {
            out.onError(FakeErrors.of(ErrorCode.RANGE_INVALID, "the payload is shorter"));
            return;
        }
        boolean breaks = faults.fetchBreaks.getAndDecrement() > 0;
        long sent = 0;
        for (long at = request.getOffset(); at < end; at += CHUNK) {
            ByteString data = payload.substring((int) at, (int) Math.min(end, at + CHUNK));
            out.onNext(PayloadChunk.newBuilder().setOffset(at).setData(data).build());
            sent += data.size();
            if (breaks && sent >= faults.fetchBreaksAfter) {
                out.onError(Status.UNAVAILABLE.withDescription("cut").asException());
                return;
            }
        }
        out.onCompleted();
    }
}
