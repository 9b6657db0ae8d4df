package io.prism.standalone.cli.client.server;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.v1.AdminServiceGrpc;
import io.prism.v1.AdminServiceGrpc.AdminServiceBlockingV2Stub;
import io.prism.v1.CacheServiceGrpc;
import io.prism.v1.CacheServiceGrpc.CacheServiceBlockingV2Stub;
import io.prism.v1.PayloadServiceGrpc;
import io.prism.v1.PayloadServiceGrpc.PayloadServiceBlockingV2Stub;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PubSubServiceGrpc.PubSubServiceBlockingV2Stub;
import io.prism.v1.QueueServiceGrpc;
import io.prism.v1.QueueServiceGrpc.QueueServiceBlockingV2Stub;
import io.prism.v1.ReaderServiceGrpc;
import io.prism.v1.ReaderServiceGrpc.ReaderServiceBlockingV2Stub;
import io.prism.v1.TransactServiceGrpc;
import io.prism.v1.TransactServiceGrpc.TransactServiceBlockingV2Stub;
import java.util.concurrent.TimeUnit;

/**
 * A plaintext channel to one port of a Prism. Thread-safe. Calls fail at once when nothing listens
 * there; they never wait for a server to come.
 */
public final class Connection implements AutoCloseable {
    private static final Metadata.Key<String> NAMESPACE =
            Metadata.Key.of("x-prism-namespace", Metadata.ASCII_STRING_MARSHALLER);

    /** The largest inlined payload (64 MiB) with room for its metadata. */
    private static final int MAX_INBOUND = 80 << 20;

    /**
     * Bytes a stream may have waiting before a writer is held back: a few chunks, not a payload.
     */
    private static final int WRITE_AHEAD = 2 << 20;

    private final String address;
    private final ManagedChannel channel;

    private Connection(String address, ManagedChannel channel) {
        this.address = address;
        this.channel = channel;
    }

    /**
     * @param address {@code host:port}
     */
    public static Connection to(String address) {
        try {
            return new Connection(
                    address,
                    Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
                            .maxInboundMessageSize(MAX_INBOUND)
                            .disableRetry()
                            .build());
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, "'" + address + "' is not an address; expected HOST:PORT.", e);
        }
    }

    public String address() {
        return address;
    }

    public AdminServiceBlockingV2Stub admin() {
        return AdminServiceGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(ServerOptions.callTimeout());
    }

    public PubSubServiceBlockingV2Stub pubSub(String namespace) {
        return PubSubServiceGrpc.newBlockingV2Stub(inNamespace(namespace))
                .withOnReadyThreshold(WRITE_AHEAD);
    }

    public QueueServiceBlockingV2Stub queue(String namespace) {
        return QueueServiceGrpc.newBlockingV2Stub(inNamespace(namespace))
                .withOnReadyThreshold(WRITE_AHEAD);
    }

    public TransactServiceBlockingV2Stub transact(String namespace) {
        return TransactServiceGrpc.newBlockingV2Stub(inNamespace(namespace));
    }

    public CacheServiceBlockingV2Stub cache(String namespace) {
        return CacheServiceGrpc.newBlockingV2Stub(inNamespace(namespace));
    }

    public ReaderServiceBlockingV2Stub reader(String namespace) {
        return ReaderServiceGrpc.newBlockingV2Stub(inNamespace(namespace));
    }

    public PayloadServiceBlockingV2Stub payloads(String namespace) {
        return PayloadServiceGrpc.newBlockingV2Stub(inNamespace(namespace));
    }

    private Channel inNamespace(String namespace) {
        return ClientInterceptors.intercept(channel, new NamespaceInterceptor(namespace));
    }

    /**
     * Makes calls under way fail at once, from any thread; the connection is still to be closed.
     */
    public void abort() {
        channel.shutdownNow();
    }

    /** Breaks off what is still under way. */
    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record NamespaceInterceptor(String namespace) implements ClientInterceptor {
        @Override
        public <A, B> ClientCall<A, B> interceptCall(
                MethodDescriptor<A, B> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<B> listener, Metadata headers) {
                    headers.put(NAMESPACE, namespace);
                    super.start(listener, headers);
                }
            };
        }
    }
}
