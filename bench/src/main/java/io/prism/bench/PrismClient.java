package io.prism.bench;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.prism.v1.AdminServiceGrpc;
import io.prism.v1.CreateNamespaceRequest;
import io.prism.v1.DeleteNamespaceRequest;
import io.prism.v1.ListNamespacesRequest;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Connections to a running Prism. Thread-safe. */
final class PrismClient implements AutoCloseable {
    private static final Metadata.Key<String> NAMESPACE =
            Metadata.Key.of("x-prism-namespace", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LARGEST_MESSAGE = 80 << 20;

    private final List<ManagedChannel> data = new ArrayList<>();
    private final ManagedChannel admin;

    /**
     * @param connections to the data port
     */
    PrismClient(Targets.Address grpc, Targets.Address admin, int connections) {
        for (int i = 0; i < connections; i++) {
            data.add(channel(grpc));
        }
        this.admin = channel(admin);
    }

    /** Callbacks run on the transport's threads. */
    private static ManagedChannel channel(Targets.Address address) {
        return NettyChannelBuilder.forAddress(address.host(), address.port())
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .build();
    }

    /** One for each connection; calls go to that namespace. */
    List<Channel> channels(String namespace) {
        Metadata headers = new Metadata();
        headers.put(NAMESPACE, namespace);
        return data.stream()
                .map(
                        it ->
                                ClientInterceptors.intercept(
                                        it, MetadataUtils.newAttachHeadersInterceptor(headers)))
                .toList();
    }

    /** Throws a StatusRuntimeException when the admin port does not answer within so long. */
    void checkReachable(Duration within) {
        var _ =
                AdminServiceGrpc.newBlockingStub(admin)
                        .withDeadlineAfter(within)
                        .listNamespaces(ListNamespacesRequest.getDefaultInstance());
    }

    void createNamespace(String document) {
        var _ =
                admin().createNamespace(
                                CreateNamespaceRequest.newBuilder().setDocument(document).build());
    }

    /** With its topics and payloads; one that is not there is fine. */
    void deleteNamespace(String name) {
        DeleteNamespaceRequest request =
                DeleteNamespaceRequest.newBuilder().setName(name).setDeleteData(true).build();
        try {
            var _ = admin().deleteNamespace(request);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
                throw e;
            }
        }
    }

    private AdminServiceGrpc.AdminServiceBlockingStub admin() {
        return AdminServiceGrpc.newBlockingStub(admin).withDeadlineAfter(PATIENCE);
    }

    /**
     * Publishes the request once over each connection, so that connections and topic are there.
     *
     * @return how many messages that were
     */
    static int prime(List<Channel> channels, PublishRequest request) {
        for (Channel channel : channels) {
            PublishResponse response =
                    PubSubServiceGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(PATIENCE)
                            .publish(request);
            if (!response.getSuccess()) {
                throw new IllegalStateException("the first publish was answered without success");
            }
        }
        return channels.size();
    }

    @Override
    public void close() {
        data.forEach(ManagedChannel::shutdownNow);
        admin.shutdownNow();
    }
}
