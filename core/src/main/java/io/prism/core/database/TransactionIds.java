package io.prism.core.database;

/**
 * Which transactions of PostgreSQL are over, and which have not begun.
 *
 * <p>A snapshot's {@code xmin} is sure: every id below it is over. Its {@code xmax} does not say
 * which id comes next: it is the one after the last that is over, and transactions with later ids
 * may have been writing for long. PostgreSQL has no function for the next id that does not take
 * one; but the age of the first id there ever was is the distance from it to the next one ({@code
 * xid_age}, which looks once a transaction, where that has no id itself), modulo 2^32.
 */
public final class TransactionIds {
    /** Columns for a SELECT: {@code xmin} as text, and what {@link #next} takes. */
    public static final String COLUMNS =
            "pg_snapshot_xmin(pg_current_snapshot())::text, age('3'::xid)::text";

    private static final int FIRST = 3;

    private TransactionIds() {}

    /**
     * The id that the next transaction gets; none has it, nor a later one, when this is asked.
     *
     * @param xmin with all its 64 bits; the next id is less than 2^32 behind it
     * @param age the second of {@link #COLUMNS}
     */
    public static long next(long xmin, int age) {
        return xmin + Integer.toUnsignedLong(age + FIRST - (int) xmin);
    }
}
