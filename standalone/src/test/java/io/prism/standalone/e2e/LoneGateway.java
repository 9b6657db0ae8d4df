package io.prism.standalone.e2e;

import io.prism.core.database.DatabaseConfig;
import io.prism.core.database.DatabaseConfig.Server;
import io.prism.core.database.DatabaseUrl;
import io.prism.gateway.Gateway;
import io.prism.gateway.GatewayConfig;
import io.prism.standalone.config.RedisOptions;
import io.prism.standalone.embedded.EmbeddedServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** A gateway over servers of its own, and nobody who relays. */
final class LoneGateway implements AutoCloseable {
    /** A machine that does many things at once is not a Redis that is down. */
    private static final Duration REDIS_PATIENCE = Duration.ofSeconds(2);

    private final EmbeddedServers servers;
    private final Gateway gateway;
    private final TestClient client;

    private LoneGateway(EmbeddedServers servers, Gateway gateway) {
        this.servers = servers;
        this.gateway = gateway;
        this.client = new TestClient(gateway.grpcPort(), gateway.adminPort());
    }

    /**
     * @param databases beside the embedded one, by name
     */
    static LoneGateway start(Map<String, Server> databases, Duration publishTimeout)
            throws IOException {
        return start(databases, publishTimeout, EmbeddedServers::redisUrl);
    }

    /** The same with a Redis of the caller's. */
    static LoneGateway start(
            Map<String, Server> databases, Duration publishTimeout, String redisUrl)
            throws IOException {
        return start(databases, publishTimeout, servers -> redisUrl);
    }

    private static LoneGateway start(
            Map<String, Server> databases,
            Duration publishTimeout,
            Function<EmbeddedServers, String> redisUrl)
            throws IOException {
        EmbeddedServers servers =
                EmbeddedServers.start(Files.createTempDirectory(Path.of("target"), "lone-gateway"));
        Map<String, Server> all = new TreeMap<>(databases);
        all.put(
                DatabaseConfig.DEFAULT,
                DatabaseUrl.parse(servers.postgresUrl())
                        .server(Optional.empty(), Optional.empty()));
        try {
            return new LoneGateway(
                    servers,
                    Gateway.start(config(servers, all, publishTimeout, redisUrl.apply(servers))));
        } catch (RuntimeException e) {
            servers.close();
            throw e;
        }
    }

    private static GatewayConfig config(
            EmbeddedServers servers,
            Map<String, Server> databases,
            Duration publishTimeout,
            String redisUrl) {
        return new GatewayConfig(
                "127.0.0.1",
                "127.0.0.1",
                0,
                0,
                0,
                servers.kafkaBootstrap(),
                ClaimConfigs.of(servers),
                new DatabaseConfig(databases, true, 4),
                RedisOptions.at(redisUrl, REDIS_PATIENCE),
                true,
                Duration.ofSeconds(2),
                publishTimeout,
                Duration.ofMinutes(5),
                Duration.ofMinutes(1),
                Duration.ofHours(1));
    }

    EmbeddedServers servers() {
        return servers;
    }

    TestClient client() {
        return client;
    }

    String metrics() {
        return Http.body("http://127.0.0.1:" + gateway.httpPort() + "/metrics");
    }

    SqlLooker database(String name) {
        DatabaseUrl url = DatabaseUrl.parse(servers.postgresUrl());
        return new SqlLooker(
                url.url().substring(0, url.url().lastIndexOf('/') + 1) + name,
                "postgres",
                "postgres");
    }

    @Override
    public void close() {
        client.close();
        gateway.close();
        servers.close();
    }
}
