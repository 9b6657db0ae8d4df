package io.prism.bench.load;

import com.google.protobuf.Value;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.prism.v1.GetRequest;
import io.prism.v1.GetResponse;
import io.prism.v1.ReaderServiceGrpc;
import io.prism.v1.Row;
import io.prism.v1.ServedBy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.LongFunction;

/** A gRPC server on loopback that answers {@code ReaderService.Get} as it is told. */
final class FakeReader implements AutoCloseable {
    private final Server server;
    private final ManagedChannel connection;

    /**
     * @param answers to reads of a row, by its id; a refusal is what is thrown
     */
    FakeReader(LongFunction<GetResponse> answers) throws IOException {
        this.server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .addService(new Reader(answers))
                        .build()
                        .start();
        this.connection =
                NettyChannelBuilder.forTarget("127.0.0.1:" + server.getPort())
                        .usePlaintext()
                        .directExecutor()
                        .build();
    }

    List<Channel> channels() {
        return List.of(connection);
    }

    /** A row as Prism answers with it. */
    static GetResponse row(long id, long version, String body, ServedBy servedBy) {
        return GetResponse.newBuilder()
                .setFound(true)
                .setServedBy(servedBy)
                .setRow(
                        Row.newBuilder()
                                .putValues("id", text(Long.toString(id)))
                                .putValues("version", text(Long.toString(version)))
                                .putValues("body", text(body)))
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    @Override
    public void close() {
        connection.shutdownNow();
        server.shutdownNow();
    }

    private static final class Reader extends ReaderServiceGrpc.ReaderServiceImplBase {
        private final LongFunction<GetResponse> answers;

        Reader(LongFunction<GetResponse> answers) {
            this.answers = answers;
        }

        @Override
        public void get(GetRequest request, StreamObserver<GetResponse> answer) {
            try {
                answer.onNext(answers.apply((long) request.getId().getNumberValue()));
                answer.onCompleted();
            } catch (RuntimeException e) {
                answer.onError(Status.UNAVAILABLE.withDescription(e.getMessage()).asException());
            }
        }
    }
}
