package io.prism.streams.outbox;

import io.prism.topologies.outboxrelay.OutboxRelayTopology;
import java.time.Duration;

/**
 * What the role can be told.
 *
 * @param commitInterval how long a relayed row may wait for its transaction to commit: short is
 *     quick, long is cheap. Nothing is committed while nothing comes
 * @param repetitionsKnown for how long a row that comes again is known
 * @param latePatience how long a row must be open before it counts as one that the write-ahead log
 *     did not bring
 */
public record OutboxRelayConfig(
        Duration commitInterval, Duration repetitionsKnown, Duration latePatience) {
    public static final OutboxRelayConfig DEFAULT =
            new OutboxRelayConfig(
                    Duration.ofMillis(20), OutboxRelayTopology.RETENTION, LateRows.PATIENCE);
}
