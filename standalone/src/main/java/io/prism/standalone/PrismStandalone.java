package io.prism.standalone;

import io.prism.core.claim.ClaimStoreConfig;
import io.prism.core.database.DatabaseConfig;
import io.prism.core.database.DatabaseUrl;
import io.prism.core.spec.DataSize;
import io.prism.gateway.Gateway;
import io.prism.gateway.GatewayConfig;
import io.prism.standalone.embedded.EmbeddedServers;
import io.prism.standalone.embedded.Servers;
import io.prism.standalone.embedded.StartListener;
import io.prism.streams.StreamsApps;
import io.prism.streams.StreamsAppsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A running Prism over embedded servers. Whoever starts it closes it. */
public final class PrismStandalone implements AutoCloseable {
    /** What a start listener hears of, as it is called there. */
    public static final List<String> PARTS =
            List.of("Kafka", "PostgreSQL", "Redis", "S3", "Gateway");

    private static final String HOST = "127.0.0.1";

    /** Leaves the servers time to stop within ten seconds in all. */
    private static final Duration DRAIN = Duration.ofSeconds(4);

    private static final String BUCKET = "prism-claims";

    private final DataFolder folder;
    private final Ports ports;
    private final EmbeddedServers servers;
    private final Gateway gateway;
    private final BackgroundStreams streams;
    private final Addresses addresses;

    private PrismStandalone(
            DataFolder folder,
            Ports ports,
            EmbeddedServers servers,
            Gateway gateway,
            BackgroundStreams streams) {
        this.folder = folder;
        this.ports = ports;
        this.servers = servers;
        this.gateway = gateway;
        this.streams = streams;
        this.addresses = Addresses.of(HOST, gateway, ports.of(Ports.Port.STREAMS_HTTP), servers);
    }

    /**
     * Starts everything over the folder and returns when the gateway serves calls; on a failure
     * nothing is left running, and the folder is let go of by the caller's close of it.
     *
     * @param folder owned by the result from now on
     * @param asked ports the user insists on
     */
    public static PrismStandalone start(
            DataFolder folder, Map<Ports.Port, Integer> asked, StartListener listener) {
        EmbeddedServers.stopLeftovers(folder.path());
        Ports ports = Ports.choose(asked, folder.portsBefore());
        EmbeddedServers servers = EmbeddedServers.start(folder.path(), ports.servers(), listener);
        try {
            long from = System.nanoTime();
            Gateway gateway = Gateway.start(config(ports, servers));
            listener.ready(
                    "Gateway",
                    HOST + ":" + gateway.grpcPort(),
                    Duration.ofNanos(System.nanoTime() - from));
            var streams = BackgroundStreams.start(streamsConfig(folder, ports, servers));
            var prism = new PrismStandalone(folder, ports, servers, gateway, streams);
            folder.remember(ports);
            folder.publish(prism.addresses);
            return prism;
        } catch (RuntimeException | Error e) {
            servers.close();
            throw e;
        }
    }

    /** The same on a folder that nobody has taken yet, on any free ports; for tests. */
    public static PrismStandalone start(Path data) {
        DataFolder folder = DataFolder.take(data, Instant.now());
        try {
            return start(folder, Ports.anyFree(), StartListener.NONE);
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
                DataSize.ofMebibytes(64));
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
                StreamsApps.roleNames(),
                folder.path().resolve("streams"));
    }

    private static GatewayConfig config(Ports ports, Servers servers) {
        return new GatewayConfig(
                HOST,
                HOST,
                ports.of(Ports.Port.GRPC),
                ports.of(Ports.Port.ADMIN),
                ports.of(Ports.Port.HTTP),
                servers.kafkaBootstrap(),
                claims(servers),
                databases(servers),
                true,
                DRAIN,
                GatewayConfig.PUBLISH_TIMEOUT,
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
        return CompletableFuture.anyOf(servers.died(), streams.gaveUp()).thenApply(String::valueOf);
    }

    /** Gateway and topologies, then S3, Redis, PostgreSQL, Kafka. Idempotent; blocks. */
    @Override
    public void close() {
        var streamsStopped =
                CompletableFuture.runAsync(
                        streams::close,
                        task -> Thread.ofPlatform().name("streams-stop").start(task));
        try {
            gateway.close();
            streamsStopped.join();
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
