package io.prism.topologies.outboxrelay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.function.Predicate;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Rows whose namespace is not known yet, in the order in which they came from each database. */
final class WaitingRows {
    private final KeyValueStore<byte[], byte[]> store;
    private long count;

    WaitingRows(KeyValueStore<byte[], byte[]> store) {
        this.store = store;
        try (KeyValueIterator<byte[], byte[]> all = store.all()) {
            while (all.hasNext()) {
                all.next();
                count++;
            }
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    /**
     * @param offset of its record, which gives it its place
     */
    void add(Arrival row, long offset) {
        store.put(key(row.database(), offset), row.toBytes());
        count++;
    }

    /** Shows all in order, and lets go of those that are done with. */
    void retry(Predicate<Arrival> done) {
        try (KeyValueIterator<byte[], byte[]> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<byte[], byte[]> entry = all.next();
                if (done.test(Arrival.fromBytes(entry.value))) {
                    store.delete(entry.key);
                    count--;
                }
            }
        }
    }

    private static byte[] key(String database, long offset) {
        byte[] name = database.getBytes(UTF_8);
        return ByteBuffer.allocate(name.length + 1 + Long.BYTES)
                .put(name)
                .put((byte) 0)
                .putLong(offset)
                .array();
    }
}
