package io.prism.gateway.sweep;

import java.util.BitSet;
import java.util.UUID;

/**
 * Claims that may be orphans, in the order of their ids: 16 bytes and two bits each. Used by one
 * thread.
 */
final class Candidates {
    private final long[] high;
    private final long[] low;
    private final BitSet referenced = new BitSet();
    private final BitSet late = new BitSet();
    private int size;

    Candidates(int most) {
        high = new long[most];
        low = new long[most];
    }

    /**
     * @param id larger than all before
     * @param mayBeLate whether its record may be on its way to the log still
     */
    void add(UUID id, boolean mayBeLate) {
        if (size > 0 && compare(size - 1, id) >= 0) {
            throw new IllegalArgumentException(id + " is not after the one before it");
        }
        high[size] = id.getMostSignificantBits();
        low[size] = id.getLeastSignificantBits();
        late.set(size, mayBeLate);
        size++;
    }

    boolean full() {
        return size == high.length;
    }

    int size() {
        return size;
    }

    UUID first() {
        return new UUID(high[0], low[0]);
    }

    UUID last() {
        return new UUID(high[size - 1], low[size - 1]);
    }

    /** A record refers to the claim; of no consequence for claims that are not candidates. */
    void referenced(UUID id) {
        int at = find(id);
        if (at >= 0) {
            referenced.set(at);
        }
    }

    boolean isOrphan(UUID id) {
        int at = find(id);
        return at >= 0 && !referenced.get(at);
    }

    int orphans() {
        return size - referenced.cardinality();
    }

    /** Whether the record of one that is taken for an orphan may be on its way still. */
    boolean someMayBeLate() {
        BitSet waiting = (BitSet) late.clone();
        waiting.andNot(referenced);
        return !waiting.isEmpty();
    }

    void clear() {
        size = 0;
        referenced.clear();
        late.clear();
    }

    private int find(UUID id) {
        int from = 0;
        int to = size - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            int order = compare(middle, id);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                from = middle + 1;
            } else {
                to = middle - 1;
            }
        }
        return -1;
    }

    /** As the ids' texts compare. */
    private int compare(int at, UUID id) {
        int order = Long.compareUnsigned(high[at], id.getMostSignificantBits());
        return order != 0 ? order : Long.compareUnsigned(low[at], id.getLeastSignificantBits());
    }
}
