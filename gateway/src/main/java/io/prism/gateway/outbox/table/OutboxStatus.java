package io.prism.gateway.outbox.table;

import io.prism.core.replication.SlotStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a database says of a namespace's outbox.
 *
 * @param database as namespaces name it
 * @param table empty where messages are in the log only; the counts are 0 then
 * @param mode {@code wal} or {@code polling}
 * @param waiting committed, and not known to be published
 * @param refused cannot be relayed
 * @param refusedRows the newest of them
 * @param published not removed yet
 * @param tableBytes with indexes
 * @param slot empty with polling, or where there is none
 */
public record OutboxStatus(
        String database,
        String table,
        String mode,
        long waiting,
        Optional<Instant> oldestWaiting,
        long refused,
        List<RefusedRow> refusedRows,
        long published,
        long tableBytes,
        Optional<SlotStatus> slot) {

    /** A row that cannot be relayed, and why. */
    public record RefusedRow(String id, String topic, String error, Instant createdAt) {}
}
