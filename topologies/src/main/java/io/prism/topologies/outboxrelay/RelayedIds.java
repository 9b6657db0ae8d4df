package io.prism.topologies.outboxrelay;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Which rows were relayed, for as long as a repetition is to be known. Time is cut into few
 * stretches, and a row's id stands in the one in which it was relayed: a look-up asks once for each
 * stretch, and most questions end at a Bloom filter. Whole stretches are forgotten at once.
 */
final class RelayedIds {
    static final String STORE = "relayed-ids";
    private static final int STRETCHES = 4;
    private static final byte[] PRESENT = {1};

    private final WindowStore<byte[], byte[]> store;
    private final long stretch;

    RelayedIds(WindowStore<byte[], byte[]> store, Duration retention) {
        this.store = store;
        this.stretch = stretch(retention);
    }

    private static long stretch(Duration retention) {
        return Math.max(1, retention.toMillis() / STRETCHES);
    }

    static StoreBuilder<WindowStore<byte[], byte[]>> builder(Duration retention) {
        long stretch = stretch(retention);
        return Stores.windowStoreBuilder(
                Stores.persistentWindowStore(
                        STORE,
                        Duration.ofMillis((STRETCHES + 2) * stretch),
                        Duration.ofMillis(stretch),
                        false),
                Serdes.ByteArray(),
                Serdes.ByteArray());
    }

    boolean contains(String database, String table, UUID id, long now) {
        byte[] key = key(database, table, id);
        long begin = now - now % stretch;
        for (int back = 0; back <= STRETCHES; back++) {
            if (store.fetch(key, begin - back * stretch) != null) {
                return true;
            }
        }
        return false;
    }

    void add(String database, String table, UUID id, long now) {
        store.put(key(database, table, id), PRESENT, now - now % stretch);
    }

    /** An id is its table's own; the place is hashed to keep the store small. */
    private static byte[] key(String database, String table, UUID id) {
        return ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .putLong(hash(database + "/" + table))
                .array();
    }

    /** FNV-1a over the characters. */
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
