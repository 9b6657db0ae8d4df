package io.prism.gateway.sweep;

import io.prism.core.claim.ClaimStore;
import io.prism.core.id.TimeOrderedIds;
import java.time.Instant;
import java.util.Optional;

/**
 * What a namespace keeps in object storage.
 *
 * @param bytes at rest
 * @param oldest when the oldest claim was made; empty where there is none
 */
public record ClaimTotals(long objects, long bytes, Optional<Instant> oldest) {
    /** As far as a UUIDv7 reaches in years of four digits. */
    private static final Instant END = Instant.parse("9999-12-31T23:59:59Z");

    /** Counts by listing, with bounded memory; blocks. */
    public static ClaimTotals of(ClaimStore store) {
        Counting counting = new Counting();
        store.list(Instant.EPOCH, END, page -> page.forEach(counting::add));
        return new ClaimTotals(counting.objects, counting.bytes, counting.oldest);
    }

    private static final class Counting {
        private long objects;
        private long bytes;
        private Optional<Instant> oldest = Optional.empty();

        void add(ClaimStore.Stored stored) {
            objects++;
            bytes += stored.bytes();
            if (oldest.isEmpty()) {
                oldest = Optional.of(TimeOrderedIds.instantOf(stored.id()));
            }
        }
    }
}
