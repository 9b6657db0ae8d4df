package io.prism.connectors.reconcile;

/**
 * A database's slot.
 *
 * @param namespace whose changes it has; empty where it has the database's outbox rows
 * @param retained bytes of the log that the database keeps for it
 * @param behind bytes of the log that its reader has not confirmed yet
 * @param active whether somebody reads it now
 * @param walStatus PostgreSQL's word: reserved, extended, unreserved, or lost, when the slot can
 *     never be read again
 */
public record SlotState(
        String database,
        String namespace,
        String slot,
        long retained,
        long behind,
        boolean active,
        String walStatus) {
    static final String LOST = "lost";

    public boolean lost() {
        return walStatus.equals(LOST);
    }
}
