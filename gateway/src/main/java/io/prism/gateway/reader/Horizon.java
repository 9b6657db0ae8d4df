package io.prism.gateway.reader;

import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which changes a read is sure to have seen, as a position in the database's log. Of one database;
 * thread-safe.
 *
 * <p>The end of the log, looked at before a row is read, is not it. A transaction writes its commit
 * record first and becomes visible to others afterwards (with synchronous replication a good deal
 * later), and a position that a write is answered with lies before its commit record. A row read in
 * between lacks a change whose place in the log is before the end that was looked at; kept in a
 * cache as being that new, nothing would ever drive it out.
 *
 * <p>So each read tells three things, in the order in which they were asked: the end of the log L,
 * then the oldest transaction that a snapshot does not show (xmin), and the next id that a
 * transaction will get; then the row is read, with a later snapshot. A transaction with that id or
 * a later one got it after L was looked at, and so all it writes is behind L. A transaction that
 * the row's snapshot does not show has an id of xmin or more. Hence of all reads so far, the newest
 * L whose next id is no greater than this read's xmin: whatever is not in the row is behind it.
 *
 * <p>A snapshot's own xmax will not do for the next id: it is the one after the last that
 * <em>ended</em>, and transactions with later ids may have written before L.
 *
 * <p>While nothing is being written that is L itself. While a transaction takes long, it is where
 * the log ended when that transaction began: what is cached meanwhile counts as older than it is,
 * and never as newer.
 */
final class Horizon {
    private static final int MOST = 1024;

    /** Reads that overtake each other are closer than this. */
    private static final int RECENT = 128;

    private static final long CLOSE_BYTES = 16 << 20;
    private static final long CLOSE_TRANSACTIONS = 10_000;

    /** The next id to L, both rising. */
    private final TreeMap<Long, Long> looks = new TreeMap<>();

    private long highestXmin;
    private long newestEnd;

    /** The end of the log as the last read saw it; 0 before the first. */
    synchronized long newestEnd() {
        return newestEnd;
    }

    /**
     * Of a read that told these things; 0 where nothing is sure.
     *
     * @param end of the log, before the others
     * @param xmin every transaction with an id below it is over, and in the row
     * @param next what no transaction had for an id when the end was looked at, nor anything later
     */
    synchronized long of(long end, long xmin, long next) {
        if (isRestored(end, next)) {
            looks.clear();
            highestXmin = 0;
            newestEnd = 0;
        }
        newestEnd = Math.max(newestEnd, end);
        highestXmin = Math.max(highestXmin, xmin);
        add(end, next);
        Map.Entry<Long, Long> known = looks.floorEntry(xmin);
        return known == null ? 0 : known.getValue();
    }

    /** Whether time has gone backwards: the database was restored from a backup. */
    private boolean isRestored(long end, long next) {
        Map.Entry<Long, Long> newest = looks.lastEntry();
        return newest != null
                && (newest.getValue() - end > CLOSE_BYTES
                        || newest.getKey() - next > CLOSE_TRANSACTIONS);
    }

    private void add(long end, long id) {
        Map.Entry<Long, Long> known = looks.floorEntry(id);
        if (known != null && known.getValue() >= end) {
            return;
        }
        looks.put(id, end);
        Map.Entry<Long, Long> next = looks.higherEntry(id);
        while (next != null && next.getValue() <= end) {
            looks.remove(next.getKey());
            next = looks.higherEntry(id);
        }
        if (looks.size() > MOST) {
            thin();
        }
    }

    /** Forgets what nobody asks for any more, and where that is not enough every other one. */
    private void thin() {
        Long needed = looks.floorKey(highestXmin);
        if (needed != null) {
            SortedMap<Long, Long> past = looks.headMap(needed);
            while (past.size() > RECENT) {
                past.remove(past.firstKey());
            }
        }
        if (looks.size() > MOST / 2) {
            boolean keep = true;
            Iterator<Long> each = looks.keySet().iterator();
            while (each.hasNext()) {
                Long unused = each.next();
                if (!keep) {
                    each.remove();
                }
                keep = !keep;
            }
        }
    }
}
