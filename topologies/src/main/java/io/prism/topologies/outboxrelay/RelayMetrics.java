package io.prism.topologies.outboxrelay;

import io.prism.core.error.ErrorCode;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.spec.NamespaceSpec;
import java.time.Instant;

/** Told of what becomes of rows, on the stream thread. */
public interface RelayMetrics {
    /**
     * A row became a message.
     *
     * @param readAt when the relay read it
     */
    void published(NamespaceSpec namespace, OutboxRow row, Instant readAt);

    /** A row came that had been relayed before. */
    void duplicate(String database);

    /** A row went to the dead letters. */
    void dead(String database, ErrorCode code);
}
