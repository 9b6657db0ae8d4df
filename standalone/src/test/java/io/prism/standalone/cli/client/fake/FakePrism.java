package io.prism.standalone.cli.client.fake;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** One port that serves both planes. */
public final class FakePrism implements AutoCloseable {
    static final Context.Key<String> NAMESPACE = Context.key("namespace");
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("x-prism-namespace", Metadata.ASCII_STRING_MARSHALLER);

    private final Faults faults = new Faults();
    private final FakeLog log = new FakeLog();
    private final FakeAdmin admin = new FakeAdmin();
    private final FakePubSub pubSub = new FakePubSub(log, faults, admin);
    private final FakeQueue queue = new FakeQueue(log, pubSub);
    private final FakeTransact transact = new FakeTransact();
    private final FakeCache cache = new FakeCache();
    private final FakeReader reader = new FakeReader();
    private final Server server;
    private final String address;

    public FakePrism() throws IOException {
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .maxInboundMessageSize(70 << 20)
                        .addService(pubSub)
                        .addService(queue)
                        .addService(transact)
                        .addService(cache)
                        .addService(reader)
                        .addService(new FakePayloads(log, faults))
                        .addService(admin)
                        .intercept(new NamespaceInterceptor())
                        .build()
                        .start();
        address = "127.0.0.1:" + server.getPort();
    }

    /** {@code host:port}; also after the fake was closed. */
    public String address() {
        return address;
    }

    public Faults faults() {
        return faults;
    }

    public FakeLog log() {
        return log;
    }

    public FakeAdmin admin() {
        return admin;
    }

    public FakePubSub pubSub() {
        return pubSub;
    }

    public FakeQueue queue() {
        return queue;
    }

    public FakeTransact transact() {
        return transact;
    }

    public FakeCache cache() {
        return cache;
    }

    public FakeReader reader() {
        return reader;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static final class NamespaceInterceptor implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            String namespace = headers.get(HEADER);
            Context context =
                    Context.current().withValue(NAMESPACE, namespace == null ? "" : namespace);
            return Contexts.interceptCall(context, call, headers, next);
        }
    }
}
