package io.prism.gateway.reader;

import io.prism.core.spec.NamespaceSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What may keep rows so that the database need not be asked. A read never fails by it: where it
 * cannot be reached, rows come from the database. Thread-safe; calls block.
 */
public interface RowCache {
    /** Keeps nothing. */
    RowCache NONE =
            new RowCache() {
                @Override
                public boolean keeps(NamespaceSpec namespace, String collection) {
                    return false;
                }

                @Override
                public <T> T get(RowKey key, Reading<T> reading) {
                    return reading.load().value();
                }

                @Override
                public int warm(List<RowKey> keys, Ahead ahead) {
                    return 0;
                }
            };

    /**
     * A row on its way from the database.
     *
     * @param bytes to keep, and to give to {@link Reading#kept}
     * @param found false where there is no such row, which may be kept, too
     * @param position in the database's log, unsigned: each change that was committed at or before
     *     it is in the row, see {@link Horizon}
     */
    record Loaded<T>(T value, byte[] bytes, boolean found, long position) {}

    /** What a call wants of a row. */
    interface Reading<T> {
        /** What was kept; empty if it is not new enough, or does not hold what is asked for. */
        Optional<T> kept(byte[] bytes);

        /** How long the caller has; reading must be done by then. Not negative. */
        Duration left();

        /** Asks the database. May be called on another thread; fails with PrismException. */
        Loaded<T> load();
    }

    /** Whether it keeps rows of a collection; where it does, they are loaded whole. */
    boolean keeps(NamespaceSpec namespace, String collection);

    /** A row that was kept, if the reading takes it, else as it is loaded (and kept, then). */
    <T> T get(RowKey key, Reading<T> reading);

    /** Rows that are read before anybody asks for them. */
    interface Ahead {
        /**
         * Asks the database for rows, not before this is called.
         *
         * @param keys of those wanted
         * @param row takes each one found, and may block; each key once at most
         */
        void load(List<RowKey> keys, BiConsumer<RowKey, Loaded<?>> row);
    }

    /**
     * Keeps rows that it does not keep yet, and that nobody is about to read.
     *
     * @param keys of one collection
     * @return how many it keeps now that it did not keep before
     * @throws io.prism.core.error.PrismException CACHE_UNAVAILABLE, or as the loading fails
     */
    int warm(List<RowKey> keys, Ahead ahead);
}
