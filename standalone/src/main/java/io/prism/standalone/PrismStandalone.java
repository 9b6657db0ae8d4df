package io.prism.standalone;

import io.prism.connectors.connect.EmbeddedConnect;
import io.prism.core.claim.ClaimStoreConfig;
import io.prism.core.database.DatabaseConfig;
import io.prism.core.database.DatabaseUrl;
import io.prism.core.spec.DataSize;
import io.prism.core.trace.Traces;
import io.prism.gateway.Gateway;
import io.prism.gateway.GatewayConfig;
import io.prism.standalone.config.RedisOptions;
import io.prism.standalone.embedded.EmbeddedServers;
import io.prism.standalone.embedded.Servers;
import io.prism.standalone.embedded.StartListener;
import io.prism.streams.StreamsApps;
import io.prism.streams.StreamsAppsConfig;
import io.prism.streams.role.ConnectorsConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A running Prism over embedded servers. Whoever starts it closes it. */
public final class PrismStandalone implements AutoCloseable {
    /** What a start listener hears of, as it is called there. */
    public static final List<String> PARTS =
            List.of("Kafka", "PostgreSQL", "Redis", "S3", "Gateway", "Connect");

    private static final String HOST = "127.0.0.1";

    /** Leaves the servers time to stop within ten seconds in all. */
    private static final Duration DRAIN = Duration.ofSeconds(4);

    /** Of a server in this process: late only where the machine is. */
    private static final Duration S3_TIMEOUT = Duration.ofSeconds(30);

    private static final String BUCKET = "prism-claims";

    private final DataFolder folder;
    private final Ports ports;
    private final EmbeddedServers servers;
    private final Gateway gateway;
    private final EmbeddedConnect connect;
    private final BackgroundStreams streams;
    private final Addresses addresses;

    private PrismStandalone(
            DataFolder folder,
            Ports ports,
            EmbeddedServers servers,
            Gateway gateway,
            EmbeddedConnect connect,
            BackgroundStreams streams) {
        this.folder = folder;
        this.ports = ports;
        this.servers = servers;
        this.gateway = gateway;
        this.connect = connect;
        this.streams = streams;
        this.addresses =
                Addresses.of(
                        HOST,
                        gateway,
                        ports.of(Ports.Port.STREAMS_HTTP),
                        ports.of(Ports.Port.CONNECT),
                        servers);
    }

    /**
     * Starts everything over the folder and returns when gateway and Connect serve calls; on a
     * failure nothing is left running, and the folder is let go of by the caller's close of it.
     *
     * @param folder owned by the result from now on
     * @param asked ports the user insists on
     * @param traces where spans go
     */
    public static PrismStandalone start(
            DataFolder folder,
            Map<Ports.Port, Integer> asked,
            StartListener listener,
            Traces traces) {
        return start(folder, asked, listener, GatewayConfig.PUBLISH_TIMEOUT, traces);
    }

    private static PrismStandalone start(
            DataFolder folder,
            Map<Ports.Port, Integer> asked,
            StartListener listener,
            Duration publishTimeout,
            Traces traces) {
        EmbeddedServers.stopLeftovers(folder.path());
        Ports ports = Ports.choose(asked, folder.portsBefore());
        EmbeddedServers servers = EmbeddedServers.start(folder.path(), ports.servers(), listener);
        var connecting = connect(ports, servers, listener);
        try {
            long from = System.nanoTime();
            Gateway gateway = Gateway.start(config(ports, servers, publishTimeout), traces);
            listener.ready(
                    "Gateway",
                    HOST + ":" + gateway.grpcPort(),
                    Duration.ofNanos(System.nanoTime() - from));
            EmbeddedConnect connect = started(connecting, gateway);
            var streams = BackgroundStreams.start(streamsConfig(folder, ports, servers), traces);
            var prism = new PrismStandalone(folder, ports, servers, gateway, connect, streams);
            folder.remember(ports);
            folder.publish(prism.addresses);
            return prism;
        } catch (RuntimeException | Error e) {
            connecting.handle((connect, failure) -> closed(connect)).join();
            servers.close();
            throw e;
        }
    }

    /** Beside the gateway, which does not need it. */
    private static CompletableFuture<EmbeddedConnect> connect(
            Ports ports, Servers servers, StartListener listener) {
        return CompletableFuture.supplyAsync(
                () -> {
                    long from = System.nanoTime();
                    EmbeddedConnect connect =
                            EmbeddedConnect.start(
                                    servers.kafkaBootstrap(), HOST, ports.of(Ports.Port.CONNECT));
                    listener.ready(
                            "Connect",
                            connect.url().toString(),
                            Duration.ofNanos(System.nanoTime() - from));
                    return connect;
                },
                task -> Thread.ofPlatform().name("connect-start").start(task));
    }

    private static EmbeddedConnect started(
            CompletableFuture<EmbeddedConnect> connecting, Gateway gateway) {
        try {
            return connecting.join();
        } catch (CompletionException e) {
            gateway.close();
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static boolean closed(@Nullable EmbeddedConnect connect) {
        if (connect != null) {
            connect.close();
        }
        return true;
    }

    /**
     * The same on a folder that nobody has taken yet, on any free ports; for tests.
     *
     * @param publishTimeout half of what a sweep waits before it deletes young orphans
     */
    public static PrismStandalone start(Path data, Duration publishTimeout) {
        return start(data, publishTimeout, Traces.OFF);
    }

    /** The same, traced. */
    public static PrismStandalone start(Path data, Duration publishTimeout, Traces traces) {
        DataFolder folder = DataFolder.take(data, Instant.now());
        try {
            return start(folder, Ports.anyFree(), StartListener.NONE, publishTimeout, traces);
        } catch (RuntimeException | Error e) {
            folder.close();
            throw e;
        }
    }

    private static ClaimStoreConfig claims(Servers servers) {
        return new ClaimStoreConfig(
                Optional.of(servers.s3Endpoint()),
                "us-east-1",
                Optional.of(servers.s3AccessKey()),
                Optional.of(servers.s3SecretKey()),
                true,
                BUCKET,
                DataSize.ofMebibytes(8),
                DataSize.ofMebibytes(64),
                S3_TIMEOUT);
    }

    private static DatabaseConfig databases(Servers servers) {
        return new DatabaseConfig(
                Map.of(
                        DatabaseConfig.DEFAULT,
                        DatabaseUrl.parse(servers.postgresUrl())
                                .server(Optional.empty(), Optional.empty())),
                true,
                DatabaseConfig.POOL_SIZE);
    }

    private static StreamsAppsConfig streamsConfig(
            DataFolder folder, Ports ports, Servers servers) {
        return new StreamsAppsConfig(
                HOST,
                ports.of(Ports.Port.STREAMS_HTTP),
                servers.kafkaBootstrap(),
                claims(servers),
                databases(servers),
                ConnectorsConfig.at(
                        URI.create("http://" + HOST + ":" + ports.of(Ports.Port.CONNECT)),
                        RedisOptions.at(servers.redisUrl())),
                StreamsApps.roleNames(),
                folder.path().resolve("streams"));
    }

    private static GatewayConfig config(Ports ports, Servers servers, Duration publishTimeout) {
        return new GatewayConfig(
                HOST,
                HOST,
                ports.of(Ports.Port.GRPC),
                ports.of(Ports.Port.ADMIN),
                ports.of(Ports.Port.HTTP),
                servers.kafkaBootstrap(),
                claims(servers),
                databases(servers),
                RedisOptions.at(servers.redisUrl()),
                true,
                DRAIN,
                publishTimeout,
                GatewayConfig.DEDUPLICATION_WINDOW,
                GatewayConfig.EXPIRY_INTERVAL,
                GatewayConfig.SWEEP_INTERVAL);
    }

    public Addresses addresses() {
        return addresses;
    }

    public Ports ports() {
        return ports;
    }

    public Servers servers() {
        return servers;
    }

    public Path folder() {
        return folder.path();
    }

    /** The topologies, which start behind the gateway and may take a moment longer. */
    public BackgroundStreams streams() {
        return streams;
    }

    /** Completes with a sentence when a server, or a topology, ends that nobody has closed. */
    public CompletableFuture<String> died() {
        return CompletableFuture.anyOf(servers.died(), connect.died(), streams.gaveUp())
                .thenApply(String::valueOf);
    }

    /**
     * Gateway, topologies and Connect, then S3, Redis, PostgreSQL, Kafka: Debezium has let go of
     * PostgreSQL before that stops. Idempotent; blocks.
     */
    @Override
    public void close() {
        var streamsStopped =
                CompletableFuture.runAsync(
                        streams::close,
                        task -> Thread.ofPlatform().name("streams-stop").start(task));
        var connectStopped =
                CompletableFuture.runAsync(
                        connect::close,
                        task -> Thread.ofPlatform().name("connect-stop").start(task));
        try {
            gateway.close();
            CompletableFuture.allOf(streamsStopped, connectStopped).join();
        } finally {
            closeServers();
        }
    }

    private void closeServers() {
        try {
            servers.close();
        } finally {
            folder.close();
        }
    }
}
