package io.prism.gateway;

import io.prism.core.cache.RedisConfig;
import io.prism.core.claim.ClaimStoreConfig;
import io.prism.core.database.DatabaseConfig;
import java.time.Duration;

/**
 * Everything a gateway process needs to know.
 *
 * @param host the address all three ports listen on
 * @param advertisedHost where other gateways reach this one
 * @param grpcPort data plane; 0 picks a free one
 * @param adminPort admin API; 0 picks a free one
 * @param httpPort metrics and health; 0 picks a free one
 * @param kafkaBootstrap the cluster this gateway writes to, {@code host:port,…}
 * @param claims object storage for claims
 * @param databases that namespaces may name
 * @param redis that namespaces may name
 * @param standalone true where Kafka and the rest are embedded: brokers and replication a namespace
 *     declares are then replaced by the embedded ones, with a warning
 * @param drainTimeout how long calls in flight may take to finish when the gateway stops
 * @param publishTimeout how long a publish may wait for the backend before it fails with
 *     UNAVAILABLE
 * @param deduplicationWindow how long a client's message_id is remembered
 * @param expiryInterval how often claims are checked for their ttl
 * @param sweepInterval how often claims are checked for their records
 */
public record GatewayConfig(
        String host,
        String advertisedHost,
        int grpcPort,
        int adminPort,
        int httpPort,
        String kafkaBootstrap,
        ClaimStoreConfig claims,
        DatabaseConfig databases,
        RedisConfig redis,
        boolean standalone,
        Duration drainTimeout,
        Duration publishTimeout,
        Duration deduplicationWindow,
        Duration expiryInterval,
        Duration sweepInterval) {
    public static final int GRPC_PORT = 8980;
    public static final int ADMIN_PORT = 8981;
    public static final int HTTP_PORT = 8982;
    public static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(8);
    public static final Duration PUBLISH_TIMEOUT = Duration.ofSeconds(30);
    public static final Duration DEDUPLICATION_WINDOW = Duration.ofMinutes(5);
    public static final Duration EXPIRY_INTERVAL = Duration.ofSeconds(15);
    public static final Duration SWEEP_INTERVAL = Duration.ofHours(1);
}
