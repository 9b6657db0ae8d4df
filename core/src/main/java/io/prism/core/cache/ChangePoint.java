package io.prism.core.cache;

/**
 * When a row changed, on the clock of the database cluster that {@link ReadPoint}s of the same
 * namespace are from.
 *
 * @param xid the transaction that changed it, with or without its epoch (Debezium's {@code
 *     source.txId}, PostgreSQL's {@code pg_current_xact_id()}); 0 where it is not known
 * @param lsn a position in the log, unsigned, at or before which the transaction has not yet
 *     committed: the change's own (Debezium's {@code source.lsn}) or its commit's; 0 where it is
 *     not known
 */
public record ChangePoint(long xid, long lsn) {
    /**
     * Not known: leases are voided and the value is deleted, but no fence is left. Right for a
     * change that every session already sees.
     */
    public static final ChangePoint NONE = new ChangePoint(0, 0);
}
