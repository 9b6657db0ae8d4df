package io.prism.standalone.cli.client.fake;

import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.grpc.stub.StreamObserver;
import io.prism.core.error.ErrorCode;
import io.prism.v1.CountRequest;
import io.prism.v1.CountResponse;
import io.prism.v1.GetRequest;
import io.prism.v1.GetResponse;
import io.prism.v1.Page;
import io.prism.v1.QueryRequest;
import io.prism.v1.ReadRequest;
import io.prism.v1.ReaderServiceGrpc.ReaderServiceImplBase;
import io.prism.v1.Row;
import io.prism.v1.ServedBy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Has two rows in every collection, and no row 404. */
public final class FakeReader extends ReaderServiceImplBase {
    private static final Timestamp AS_OF = Timestamp.newBuilder().setSeconds(1_769_846_400).build();

    /** In order. */
    public final List<GetRequest> gets = new CopyOnWriteArrayList<>();

    /** In order. */
    public final List<QueryRequest> queries = new CopyOnWriteArrayList<>();

    /** In order. */
    public final List<ReadRequest> reads = new CopyOnWriteArrayList<>();

    /** In order. */
    public final List<CountRequest> counts = new CopyOnWriteArrayList<>();

    FakeReader() {}

    private static Row row(String id) {
        return Row.newBuilder()
                .putValues("id", Value.newBuilder().setStringValue(id).build())
                .putValues("age", Value.newBuilder().setNumberValue(7).build())
                .build();
    }

    @Override
    public void get(GetRequest request, StreamObserver<GetResponse> out) {
        gets.add(request);
        if (request.getCollection().equals("unknown")) {
            out.onError(
                    FakeErrors.ofField(
                            ErrorCode.COLLECTION_UNKNOWN,
                            "COLLECTION_UNKNOWN: collection `unknown` is not declared",
                            "collection",
                            "collection `unknown` is not declared"));
            return;
        }
        GetResponse.Builder response =
                GetResponse.newBuilder()
                        .setServedBy(ServedBy.SERVED_BY_CACHE)
                        .setAsOf(AS_OF)
                        .setPosition("pg:0/1");
        if (!request.getId().getStringValue().equals("404")) {
            response.setFound(true).setRow(row(request.getId().getStringValue()));
        }
        out.onNext(response.build());
        out.onCompleted();
    }

    @Override
    public void query(QueryRequest request, StreamObserver<Row> out) {
        queries.add(request);
        out.onNext(row("1"));
        out.onNext(row("2"));
        out.onCompleted();
    }

    @Override
    public void read(ReadRequest request, StreamObserver<Page> out) {
        reads.add(request);
        out.onNext(
                Page.newBuilder()
                        .addRows(row("1"))
                        .setNextCursor("c-1")
                        .setAsOf(AS_OF)
                        .setPosition("pg:0/1")
                        .build());
        out.onCompleted();
    }

    @Override
    public void count(CountRequest request, StreamObserver<CountResponse> out) {
        counts.add(request);
        out.onNext(CountResponse.newBuilder().setCount(42).setAsOf(AS_OF).build());
        out.onCompleted();
    }
}
