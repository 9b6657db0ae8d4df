package io.prism.gateway.cdc.capture;

import io.prism.core.replication.SlotStatus;
import java.util.List;
import java.util.Optional;

/**
 * How a namespace's capture does, by its database and its topic.
 *
 * @param database as namespaces name it
 * @param snapshot as declared
 * @param slot empty where there is none
 */
public record CdcStatus(
        String database,
        String topic,
        String snapshot,
        List<Table> tables,
        List<Consumer> consumers,
        Optional<SlotStatus> slot) {
    /**
     * A captured table.
     *
     * @param name {@code schema.table}
     * @param replicaIdentity PostgreSQL's word: default, nothing, full or index; missing where
     *     there is no such table
     * @param primaryKey its columns
     */
    public record Table(String name, String replicaIdentity, List<String> primaryKey) {}

    /**
     * Who acts on the changes.
     *
     * @param unread records of the topic that it has not confirmed
     */
    public record Consumer(String name, String type, List<String> operations, long unread) {}
}
