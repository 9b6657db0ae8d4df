package io.prism.streams;

import io.prism.core.claim.ClaimStoreConfig;
import io.prism.core.database.DatabaseConfig;
import io.prism.streams.role.ConnectorsConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything a streams process needs to know.
 *
 * @param host the address the HTTP port listens on
 * @param httpPort metrics and health; 0 picks a free one
 * @param kafkaBootstrap {@code host:port,…}
 * @param claims object storage for claims; the same as the gateways'
 * @param databases those of the outboxes, by name; the same as the gateways'. Embedded ones mean
 *     that Kafka is embedded, too
 * @param connectors for the role of that name
 * @param roles what to run, by name
 * @param state a folder of this process's own: local stores, and its name in Kafka's groups. Losing
 *     it costs time, nothing else
 */
public record StreamsAppsConfig(
        String host,
        int httpPort,
        String kafkaBootstrap,
        ClaimStoreConfig claims,
        DatabaseConfig databases,
        ConnectorsConfig connectors,
        List<String> roles,
        Path state) {
    public static final int HTTP_PORT = 8983;

    public StreamsAppsConfig {
        roles = List.copyOf(roles);
    }
}
