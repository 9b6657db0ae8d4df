package io.prism.topologies.outboxrelay;

import io.prism.core.error.ErrorCode;

/** Told of what becomes of rows, on the stream thread. */
public interface RelayMetrics {
    /** A row became a message. */
    void published(String namespace);

    /** A row came that had been relayed before. */
    void duplicate(String database);

    /** A row went to the dead letters. */
    void dead(String database, ErrorCode code);
}
