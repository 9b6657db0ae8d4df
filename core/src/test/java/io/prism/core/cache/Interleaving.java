package io.prism.core.cache;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One random interleaving of transactions, the capture of their changes, readers and expiries over
 * a few rows, as PostgreSQL lets them interleave: a commit is in the log, and may be captured,
 * before other sessions see it; what was captured may be captured again.
 *
 * <p>Two things are checked. At every hit: the value is not older than an invalidation that was
 * applied before. In the end, when everything committed is visible and every change is made known:
 * no row's value is an old one.
 */
final class Interleaving {
    /** What a reader knows of the state it reads, as {@link ReadPoint} has it. */
    enum Points {
        XMIN,
        LSN,
        BOTH
    }

    private static final int READERS = 3;

    private final Random random;
    private final CacheSteps cache;
    private final Points points;
    private final int keys;
    private final boolean crashes;

    // The database.
    private long lsn = 0xFFFF_FFF0L;
    private long lastOver = 0x1_FFFF_FFF9L;
    private long nextXid = 0x1_FFFF_FFFAL;
    private final List<Transaction> transactions = new ArrayList<>();
    private final int[] visible;
    private final int[] committed;
    private final @Nullable Transaction[] locks;
    private final TreeMap<Long, Long> looks = new TreeMap<>();

    // The capture.
    private final List<Change> captured = new ArrayList<>();
    private int delivered;
    private final int[] applied;

    private final Deque<Reader> readers = new ArrayDeque<>();
    private int stale;
    private int hits;
    private int stored;
    private int fenced;

    private static final class Transaction {
        private final long xid;
        private int key = -1;
        private int version;
        private long changeLsn;
        private boolean inLog;

        Transaction(long xid) {
            this.xid = xid;
        }
    }

    private record Change(int key, int version, ChangePoint at) {}

    private static final class Reader {
        private final int key;
        private final String token;
        private boolean looked;
        private boolean read;
        private int version;
        private ReadPoint point = ReadPoint.NONE;
        private long end;
        private long xmin;
        private long next;

        Reader(int key, String token) {
            this.key = key;
            this.token = token;
        }
    }

    /**
     * @param stale values served, or left, that must not have been
     */
    record Result(int stale, int hits, int stored, int fenced) {}

    Interleaving(long seed, CacheSteps cache, int keys, Points points, boolean crashes) {
        this.random = new Random(seed);
        this.cache = cache;
        this.points = points;
        this.keys = keys;
        this.crashes = crashes;
        this.visible = new int[keys];
        this.committed = new int[keys];
        this.applied = new int[keys];
        this.locks = new Transaction[keys];
    }

    Result run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
        settle();
        return new Result(stale, hits, stored, fenced);
    }

    private void step() {
        int key = random.nextInt(keys);
        switch (random.nextInt(crashes ? 31 : 30)) {
            case 0, 1 -> begin();
            case 2, 3, 4 -> change(key);
            case 5, 6, 7 -> commitToLog();
            case 8, 9, 10 -> becomeVisible();
            case 11, 12, 13, 14 -> deliver();
            case 15 -> redeliver();
            case 16, 17, 18, 19, 20 -> lookup(key);
            case 21, 22, 23, 24 -> read();
            case 25, 26, 27 -> fill();
            case 28 -> expire(key);
            case 29 -> rare(key);
            default -> crash();
        }
    }

    /** It takes longer than a commit takes to be visible, or so it is hoped: see the decision. */
    private void crash() {
        if (transactions.stream().noneMatch(transaction -> transaction.inLog)) {
            cache.crash(random.nextInt(4));
        }
    }

    private void begin() {
        if (transactions.size() < 4) {
            transactions.add(new Transaction(nextXid()));
            lsn += 1 + random.nextInt(3);
        }
    }

    /** Ids come round; a few are nobody's. */
    private long nextXid() {
        long xid = nextXid;
        nextXid = following(xid);
        return xid;
    }

    private static long following(long xid) {
        long next = xid + 1;
        while ((next & 0xFFFF_FFFFL) < 3) {
            next++;
        }
        return next;
    }

    private @Nullable Transaction any(boolean inLog) {
        int from = transactions.isEmpty() ? 0 : random.nextInt(transactions.size());
        for (int i = 0; i < transactions.size(); i++) {
            Transaction transaction = transactions.get((from + i) % transactions.size());
            if (transaction.inLog == inLog) {
                return transaction;
            }
        }
        return null;
    }

    private void change(int key) {
        Transaction transaction = any(false);
        if (transaction == null || transaction.key >= 0 || locks[key] != null) {
            return;
        }
        locks[key] = transaction;
        transaction.key = key;
        transaction.version = ++committed[key];
        transaction.changeLsn = lsn;
        lsn += 1 + random.nextInt(3);
    }

    private void commitToLog() {
        Transaction transaction = any(false);
        if (transaction == null) {
            return;
        }
        transaction.inLog = true;
        lsn += 1 + random.nextInt(3);
        if (transaction.key >= 0) {
            captured.add(
                    new Change(
                            transaction.key,
                            transaction.version,
                            new ChangePoint(
                                    transaction.xid & 0xFFFF_FFFFL, transaction.changeLsn)));
        }
    }

    private void becomeVisible() {
        Transaction transaction = any(true);
        if (transaction == null) {
            return;
        }
        transactions.remove(transaction);
        lastOver = Math.max(lastOver, transaction.xid);
        if (transaction.key >= 0) {
            visible[transaction.key] = transaction.version;
            locks[transaction.key] = null;
        }
    }

    private void deliver() {
        if (delivered < captured.size()) {
            apply(captured.get(delivered++));
        }
    }

    private void redeliver() {
        if (delivered > 0) {
            delivered -= 1 + random.nextInt(Math.min(3, delivered));
        }
    }

    private void apply(Change change) {
        cache.invalidate(change.key(), change.at());
        applied[change.key()] = Math.max(applied[change.key()], change.version());
    }

    private void lookup(int key) {
        switch (cache.lookup(key)) {
            case CacheSteps.Found.Hit(int version) -> {
                hits++;
                if (version < applied[key]) {
                    stale++;
                }
            }
            case CacheSteps.Found.Miss(String token) -> {
                if (readers.size() == READERS) {
                    readers.removeFirst(); // died, or so slow that it does not matter
                }
                readers.addLast(new Reader(key, token));
            }
            case CacheSteps.Found.Filling filling -> {}
        }
    }

    /** First the log's end and the snapshot's bounds, then the row in a later snapshot. */
    private void read() {
        for (Reader reader : readers) {
            if (!reader.looked) {
                reader.looked = true;
                reader.end = lsn;
                reader.xmin = xmin();
                reader.next = nextXid;
                return;
            }
            if (!reader.read) {
                reader.read = true;
                reader.version = visible[reader.key];
                reader.point = point(reader, xmin());
                return;
            }
        }
    }

    /**
     * As PostgreSQL's snapshots have it: they end after the last id that is over, and transactions
     * with later ids, though under way, are not their xmin.
     */
    private long xmin() {
        long xmax = following(lastOver);
        return transactions.stream()
                .mapToLong(t -> t.xid)
                .filter(id -> id < xmax)
                .min()
                .orElse(xmax);
    }

    private ReadPoint point(Reader reader, long xminOfRow) {
        looks.merge(reader.next, reader.end, Math::max);
        long position = 0;
        for (Map.Entry<Long, Long> look : looks.headMap(reader.xmin, true).entrySet()) {
            position = Math.max(position, look.getValue());
        }
        return switch (points) {
            case XMIN -> ReadPoint.ofXmin(xminOfRow);
            case LSN -> ReadPoint.ofLsn(position);
            case BOTH -> new ReadPoint(xminOfRow, position);
        };
    }

    private void fill() {
        Reader reader = readers.stream().filter(r -> r.read).findFirst().orElse(null);
        if (reader == null) {
            return;
        }
        readers.remove(reader);
        if (cache.fill(reader.key, reader.token, reader.version, reader.point).fenced()) {
            fenced++;
        } else {
            stored++;
        }
    }

    private void expire(int key) {
        if (random.nextBoolean()) {
            cache.expireValue(key);
        } else {
            cache.expireLease(key);
        }
    }

    private void rare(int key) {
        switch (random.nextInt(4)) {
            case 0 -> truncateAll();
            case 1 -> readers.pollFirst();
            case 2 -> {
                Reader reader = readers.pollFirst();
                if (reader != null) {
                    cache.release(reader.key, reader.token);
                }
            }
            default -> expireFence(key);
        }
    }

    /** A change of every row at once; the table's lock means that nobody else has a row's. */
    private void truncateAll() {
        if (Arrays.stream(locks).anyMatch(lock -> lock != null)) {
            return;
        }
        long xid = nextXid();
        lastOver = Math.max(lastOver, xid);
        ChangePoint at = new ChangePoint(xid & 0xFFFF_FFFFL, lsn);
        lsn += 2;
        for (int key = 0; key < keys; key++) {
            visible[key] = ++committed[key];
        }
        // What was captured before comes first.
        while (delivered < captured.size()) {
            deliver();
        }
        cache.clear(at);
        for (int key = 0; key < keys; key++) {
            applied[key] = committed[key];
        }
    }

    /** A fence outlives every lease given before it, and what its change takes to be visible. */
    private void expireFence(int key) {
        boolean waits = transactions.stream().anyMatch(transaction -> transaction.inLog);
        if (waits || !readers.isEmpty()) {
            return;
        }
        for (int each = 0; each < keys; each++) {
            cache.expireLease(each);
        }
        cache.expireFence(key);
    }

    private void settle() {
        while (any(false) != null) {
            commitToLog();
        }
        while (!transactions.isEmpty()) {
            becomeVisible();
        }
        while (delivered < captured.size()) {
            if (random.nextInt(4) == 0) {
                fill();
            }
            deliver();
        }
        while (!readers.isEmpty()) {
            fill();
            readers.removeIf(reader -> !reader.read);
        }
        for (int key = 0; key < keys; key++) {
            if (cache.lookup(key) instanceof CacheSteps.Found.Hit(int version)
                    && version != visible[key]) {
                stale++;
            }
        }
    }
}
