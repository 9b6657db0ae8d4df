package io.prism.core.cache;

/**
 * Which changes a value is sure to show. Either number will do; where both are known, both must
 * speak for the value.
 *
 * <p>Neither is the end of the log when the row was read: a commit is in the log, and may have been
 * captured from there, before other sessions see it.
 *
 * @param xmin {@code pg_snapshot_xmin(pg_current_snapshot())} of the very statement that reads the
 *     row, with its epoch ({@code xid8}): every transaction older than it had ended, so if it
 *     committed, the row shows it; 0 where it is not known
 * @param lsn a position in the log, unsigned, such that every change of a transaction that the row
 *     does not show is at it or behind it; 0 where none is known
 */
public record ReadPoint(long xmin, long lsn) {
    /** Nothing is known. Such a value is refused wherever there is a fence. */
    public static final ReadPoint NONE = new ReadPoint(0, 0);

    /** Of a reader that knows a position. */
    public static ReadPoint ofLsn(long lsn) {
        return new ReadPoint(0, lsn);
    }

    /** Of a reader that knows its snapshot. */
    public static ReadPoint ofXmin(long xmin) {
        return new ReadPoint(xmin, 0);
    }
}
