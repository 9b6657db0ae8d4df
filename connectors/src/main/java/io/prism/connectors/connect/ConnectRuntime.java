package io.prism.connectors.connect;

import io.prism.core.error.PrismException;
import java.util.Map;
import java.util.Optional;

/**
 * Something that runs connectors. Thread-safe; every call blocks, for {@link #put} and {@link
 * #delete} as long as the cluster rebalances.
 *
 * <p>Every call throws {@link PrismException}: BACKEND_UNAVAILABLE where waiting helps,
 * CONCURRENT_CHANGE while the cluster rebalances for too long, BACKEND_REFUSED where only a change
 * helps.
 */
public interface ConnectRuntime {
    /** The configuration of every connector, Prism's or not, by name. */
    Map<String, Map<String, String>> connectors();

    /**
     * Makes a connector, or gives it this configuration, which restarts it. Durable when this
     * returns; the tasks start afterwards. Idempotent.
     */
    void put(String name, Map<String, String> config);

    /**
     * Ends a connector and forgets its position: one of this name that is made later begins where
     * its slot does. Does nothing if there is none. If this throws, the connector may have {@link
     * ConnectorStatus#stopped}, or be gone.
     */
    void delete(String name);

    /**
     * How a connector does; empty if there is none, or one that was made a moment ago and has not
     * reported yet.
     */
    Optional<ConnectorStatus> status(String name);

    /** Lets a connector that was stopped or paused go on. Does nothing if there is none. */
    void resume(String name);

    /** Restarts a connector and its tasks where they have failed. Does nothing if there is none. */
    void restartFailed(String name);
}
