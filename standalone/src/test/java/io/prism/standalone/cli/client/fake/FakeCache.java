package io.prism.standalone.cli.client.fake;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.grpc.stub.StreamObserver;
import io.prism.v1.CacheGetRequest;
import io.prism.v1.CacheGetResponse;
import io.prism.v1.CacheServiceGrpc.CacheServiceImplBase;
import io.prism.v1.DeleteRequest;
import io.prism.v1.DeleteResponse;
import io.prism.v1.ExistsRequest;
import io.prism.v1.ExistsResponse;
import io.prism.v1.IncrementRequest;
import io.prism.v1.IncrementResponse;
import io.prism.v1.SetRequest;
import io.prism.v1.SetResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A map. */
public final class FakeCache extends CacheServiceImplBase {
    /** What it holds. */
    public final Map<String, ByteString> values = new ConcurrentHashMap<>();

    /** In order. */
    public final List<SetRequest> sets = new CopyOnWriteArrayList<>();

    /** Whether readers are told that nothing can be asked. */
    public volatile boolean degraded;

    FakeCache() {}

    private static <T> void answer(StreamObserver<T> out, T response) {
        out.onNext(response);
        out.onCompleted();
    }

    @Override
    public void get(CacheGetRequest request, StreamObserver<CacheGetResponse> out) {
        ByteString value = values.get(request.getKey());
        CacheGetResponse.Builder response =
                CacheGetResponse.newBuilder().setFound(value != null).setDegraded(degraded);
        if (value != null) {
            response.setValue(value).setRemainingTtl(Duration.newBuilder().setSeconds(2));
        }
        answer(out, response.build());
    }

    @Override
    public void set(SetRequest request, StreamObserver<SetResponse> out) {
        sets.add(request);
        boolean stored = !(request.getOnlyIfAbsent() && values.containsKey(request.getKey()));
        if (stored) {
            values.put(request.getKey(), request.getValue());
        }
        answer(out, SetResponse.newBuilder().setStored(stored).build());
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<DeleteResponse> out) {
        answer(
                out,
                DeleteResponse.newBuilder()
                        .setDeleted(values.remove(request.getKey()) != null)
                        .build());
    }

    @Override
    public void exists(ExistsRequest request, StreamObserver<ExistsResponse> out) {
        answer(
                out,
                ExistsResponse.newBuilder()
                        .setExists(values.containsKey(request.getKey()))
                        .setDegraded(degraded)
                        .build());
    }

    @Override
    public void increment(IncrementRequest request, StreamObserver<IncrementResponse> out) {
        answer(out, IncrementResponse.newBuilder().setValue(request.getDelta()).build());
    }
}
