package io.prism.gateway.ingress;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.ClientApi;
import io.prism.core.trace.Traces;
import io.prism.gateway.cache.CacheValues;
import io.prism.gateway.cache.rows.RowCaches;
import io.prism.gateway.cdc.capture.Captures;
import io.prism.gateway.namespace.NamespaceRegistry;
import io.prism.gateway.outbox.table.Outboxes;
import io.prism.gateway.peers.Peers;
import io.prism.gateway.publish.PublishLimits;
import io.prism.gateway.queue.Queues;
import io.prism.gateway.reader.Reader;
import io.prism.gateway.subscription.Subscriptions;
import io.prism.gateway.transact.Transact;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** The data-plane and the admin server. Calls are handled on virtual threads. */
public final class GrpcIngress implements AutoCloseable {
    /** A unary message's payload, as design decision 9 has it, and what is around it. */
    static final int MAX_MESSAGE = (64 << 20) + (1 << 20);

    /** Above this the transport itself refuses, before the message is in memory. */
    private static final int TRANSPORT_LIMIT = 128 << 20;

    private static final int FLOW_CONTROL_WINDOW = 2 << 20;

    private final Server data;
    private final Server admin;
    private final HealthStatusManager health = new HealthStatusManager();
    private final Streams streams = new Streams();
    private final Draining draining = new Draining();
    private final Subscriptions subscriptions;
    private final Queues queues;
    private final Traces traces;

    /** Starts both servers. */
    public GrpcIngress(
            String host,
            int dataPort,
            int adminPort,
            NamespaceRegistry namespaces,
            Subscriptions subscriptions,
            Queues queues,
            Outboxes outboxes,
            Captures captures,
            Peers peers,
            Transact transact,
            CacheValues values,
            RowCaches rows,
            Reader reader,
            PublishLimits limits,
            Traces traces,
            ExecutorService virtualThreads) {
        this.traces = traces;
        this.subscriptions = subscriptions;
        this.queues = queues;
        this.data =
                server(
                        host,
                        dataPort,
                        virtualThreads,
                        List.of(
                                new PubSubIngress(
                                        namespaces,
                                        subscriptions,
                                        new StreamCalls(subscriptions, peers),
                                        publishing(
                                                ClientApi.PUBSUB,
                                                namespaces,
                                                limits,
                                                virtualThreads)),
                                new QueueIngress(
                                        namespaces,
                                        queues,
                                        publishing(
                                                ClientApi.QUEUE,
                                                namespaces,
                                                limits,
                                                virtualThreads),
                                        new AcknowledgeCalls(queues, peers),
                                        virtualThreads),
                                new TransactIngress(namespaces, transact, limits),
                                new CacheIngress(namespaces, values),
                                new ReaderIngress(namespaces, reader, limits, virtualThreads),
                                new PayloadIngress(namespaces, virtualThreads)));
        this.admin =
                server(
                        host,
                        adminPort,
                        virtualThreads,
                        List.of(
                                new AdminIngress(
                                        namespaces,
                                        subscriptions,
                                        queues,
                                        outboxes,
                                        captures,
                                        rows)));
        start(data, "grpc", host, dataPort);
        try {
            start(admin, "admin", host, adminPort);
        } catch (PrismException e) {
            data.shutdownNow();
            throw e;
        }
    }

    private PublishCalls publishing(
            ClientApi api,
            NamespaceRegistry namespaces,
            PublishLimits limits,
            ExecutorService virtualThreads) {
        return new PublishCalls(api, namespaces, limits, streams, traces, virtualThreads);
    }

    private Server server(
            String host, int port, ExecutorService virtualThreads, List<BindableService> services) {
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(host, port))
                        .executor(virtualThreads)
                        .maxInboundMessageSize(TRANSPORT_LIMIT)
                        .maxInboundMetadataSize(32 << 10)
                        .initialFlowControlWindow(FLOW_CONTROL_WINDOW)
                        .permitKeepAliveTime(10, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true)
                        .keepAliveTime(60, TimeUnit.SECONDS)
                        .addService(health.getHealthService())
                        .addService(ProtoReflectionServiceV1.newInstance());
        for (BindableService service : services) {
            health.setStatus(
                    service.bindService().getServiceDescriptor().getName(), ServingStatus.SERVING);
            builder.addService(
                    ServerInterceptors.intercept(
                            SafeMarshalling.wrap(
                                    ServerInterceptors.intercept(service, new CallTraces(traces)),
                                    MAX_MESSAGE),
                            new CallContext(),
                            draining));
        }
        return builder.build();
    }

    private static void start(Server server, String what, String host, int port) {
        try {
            server.start();
        } catch (IOException e) {
            throw new PrismException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the "
                            + what
                            + " port "
                            + host
                            + ":"
                            + port
                            + " cannot be opened ("
                            + e.getMessage()
                            + "): is it taken? Choose another",
                    e);
        }
    }

    public int dataPort() {
        return data.getPort();
    }

    public int adminPort() {
        return admin.getPort();
    }

    /**
     * Refuses new calls with UNAVAILABLE, and finishes what is in flight within the timeout.
     * Idempotent; blocks.
     */
    public void drain(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        draining.begin();
        health.enterTerminalState(); // NOT_SERVING, for each service and as a whole
        streams.drain();
        queues.drain();
        subscriptions.drain(timeout.dividedBy(2));
        draining.awaitIdle(Duration.ofNanos(deadline - System.nanoTime()));
        data.shutdown();
        admin.shutdown();
        stop(data, deadline);
        stop(admin, deadline);
    }

    private static void stop(Server server, long deadline) {
        try {
            if (!server.awaitTermination(
                    Math.max(200_000_000, deadline - System.nanoTime()) / 4,
                    TimeUnit.NANOSECONDS)) {
                server.shutdownNow();
                server.awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.shutdownNow();
        }
    }

    @Override
    public void close() {
        data.shutdownNow();
        admin.shutdownNow();
    }
}
