package io.prism.streams.role;

import io.prism.connectors.debezium.ConnectorSettings;
import io.prism.connectors.reconcile.SlotGuard;
import io.prism.core.cache.RedisConfig;
import java.net.URI;
import java.util.Optional;

/**
 * What the role {@code connectors} needs to know.
 *
 * @param url of the Connect cluster's REST API; empty where there is none
 * @param slotBudget bytes of its log a database may keep for Prism before it is said
 * @param caches where the caches are that changes invalidate, as connectors reach them
 */
public record ConnectorsConfig(
        Optional<URI> url, ConnectorSettings settings, long slotBudget, RedisConfig caches) {
    /** Without a Connect cluster. */
    public static final ConnectorsConfig NONE =
            new ConnectorsConfig(
                    Optional.empty(),
                    ConnectorSettings.DEFAULT,
                    SlotGuard.BUDGET,
                    RedisConfig.NOWHERE);

    /** With the defaults. */
    public static ConnectorsConfig at(URI url, RedisConfig caches) {
        return new ConnectorsConfig(
                Optional.of(url), ConnectorSettings.DEFAULT, SlotGuard.BUDGET, caches);
    }
}
