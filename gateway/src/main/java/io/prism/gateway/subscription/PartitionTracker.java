package io.prism.gateway.subscription;

import io.prism.gateway.backend.CommitPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of one partition is read, delivered and acknowledged. Messages may be acknowledged in any
 * order: the position that is committed is the first one outstanding, and those acknowledged beyond
 * it are remembered in the commit's note, so that whoever reads on does not deliver them again. Not
 * thread-safe.
 */
public final class PartitionTracker {
    private static final Logger log = LoggerFactory.getLogger(PartitionTracker.class);
    private static final String VERSION = "1";
    private static final int MAX_NOTE = 3_500;

    private final TreeSet<Long> outstanding = new TreeSet<>();
    private final OffsetRanges acknowledged = new OffsetRanges();
    private final long deliveredBefore;
    private final int attempt;
    private long next;
    private long deliveredUpTo;
    private boolean dirty;

    public PartitionTracker(Optional<CommitPoint> from) {
        this.next = from.map(CommitPoint::offset).orElse(0L);
        long before = next;
        int attempts = 0;
        String[] note = from.map(CommitPoint::note).orElse("").split(";", -1);
        if (note.length == 4 && note[0].equals(VERSION)) {
            try {
                attempts = Integer.parseInt(note[1], 36);
                before = next + Long.parseLong(note[2], 36);
                readRanges(note[3]);
            } catch (NumberFormatException e) {
                // A note of somebody else's: delivering more than once is always allowed.
                log.atWarn()
                        .setMessage("a commit note cannot be read; messages may be delivered again")
                        .setCause(e)
                        .log();
                acknowledged.clear();
            }
        }
        this.deliveredBefore = before;
        this.deliveredUpTo = before;
        this.attempt = attempts;
    }

    /** A record was read; false if it had been acknowledged before and is not to be delivered. */
    public boolean read(long offset) {
        next = Math.max(next, offset + 1);
        if (acknowledged.contains(offset)) {
            return false;
        }
        outstanding.add(offset);
        return true;
    }

    /** How often the record has been delivered when it is delivered now. */
    public int deliveryCount(long offset) {
        return offset < deliveredBefore ? attempt + 1 : 1;
    }

    public void delivered(long offset) {
        // A repeated delivery changes the note, too: whoever delivers after us counts it.
        dirty = dirty || offset >= deliveredUpTo || offset < deliveredBefore;
        deliveredUpTo = Math.max(deliveredUpTo, offset + 1);
    }

    /** False if the record was not outstanding. */
    public boolean acknowledge(long offset) {
        if (!outstanding.remove(offset)) {
            return false;
        }
        acknowledged.add(offset, offset + 1);
        long first = first();
        acknowledged.removeBefore(first);
        dirty = true;
        return true;
    }

    private long first() {
        return outstanding.isEmpty() ? next : outstanding.first();
    }

    /** The position to commit, if it has changed since the last call. */
    public Optional<CommitPoint> takeChange() {
        if (!dirty) {
            return Optional.empty();
        }
        dirty = false;
        return Optional.of(point());
    }

    private CommitPoint point() {
        long first = first();
        long delivered = Math.max(0, deliveredUpTo - first);
        int attempts = first < deliveredBefore ? attempt + 1 : 1;
        return new CommitPoint(
                first,
                delivered == 0
                        ? ""
                        : VERSION
                                + ";"
                                + Integer.toString(attempts, 36)
                                + ";"
                                + Long.toString(delivered, 36)
                                + ";"
                                + ranges(first));
    }

    /**
     * Runs of acknowledged offsets beyond the first outstanding one, as {@code distance+length,…}
     * in base 36.
     */
    private String ranges(long first) {
        List<String> runs = new ArrayList<>();
        int size = 0;
        acknowledged.removeBefore(first);
        for (Map.Entry<Long, Long> run : acknowledged.from(first).entrySet()) {
            size += add(runs, run.getKey() - first, run.getValue() - run.getKey());
            if (size > MAX_NOTE) {
                break; // the rest may be delivered again
            }
        }
        return String.join(",", runs);
    }

    private static int add(List<String> runs, long distance, long length) {
        String run = Long.toString(distance, 36) + "+" + Long.toString(length, 36);
        runs.add(run);
        return run.length() + 1;
    }

    private void readRanges(String ranges) {
        if (ranges.isEmpty()) {
            return;
        }
        for (String run : ranges.split(",", -1)) {
            int plus = run.indexOf('+');
            if (plus < 0) {
                throw new NumberFormatException("no length in " + run);
            }
            long start = next + Long.parseLong(run.substring(0, plus), 36);
            long length = Long.parseLong(run.substring(plus + 1), 36);
            acknowledged.add(start, start + length);
        }
    }
}
