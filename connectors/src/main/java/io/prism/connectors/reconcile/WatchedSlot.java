package io.prism.connectors.reconcile;

import io.prism.connectors.debezium.Wanted;
import io.prism.connectors.debezium.WantedCapture;
import io.prism.connectors.debezium.WantedConnector;
import io.prism.core.cdc.Capture;
import io.prism.core.outbox.Replication;
import java.util.List;
import java.util.Optional;

/**
 * A slot that is to be there.
 *
 * @param namespace whose changes it has; empty where it has the database's outbox rows
 * @param connector who reads it
 */
public record WatchedSlot(String database, String namespace, String slot, String connector) {
    /** Of a database's outboxes. */
    public static WatchedSlot outboxes(String database) {
        return new WatchedSlot(
                database, "", Replication.slot(database), WantedConnector.name(database));
    }

    /** The slots that connectors read. */
    public static List<WatchedSlot> of(List<Wanted> connectors) {
        return connectors.stream().map(WatchedSlot::of).flatMap(Optional::stream).toList();
    }

    private static Optional<WatchedSlot> of(Wanted wanted) {
        return switch (wanted) {
            case WantedConnector outboxes -> Optional.of(outboxes(outboxes.database()));
            case WantedCapture capture ->
                    Optional.of(
                            new WatchedSlot(
                                    capture.database(),
                                    capture.namespace(),
                                    Capture.slot(capture.namespace()),
                                    capture.name()));
            default -> Optional.empty();
        };
    }

    /** A database's name, or {@code <database>/<namespace>}. */
    public String key() {
        return namespace.isEmpty() ? database : database + "/" + namespace;
    }
}
