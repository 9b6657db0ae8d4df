package io.prism.streams.kafka;

import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;

import java.util.Map;

/** Keeps each store small: claims at rest are read once or twice, seldom again. */
public final class RocksDbMemory implements RocksDBConfigSetter {
    private static final long WRITE_BUFFER = 2L << 20;
    private static final long BLOCK_CACHE = 4L << 20;

    private @Nullable LRUCache cache;

    /** Called by Kafka Streams, once for each store. */
    public RocksDbMemory() {}

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        options.setWriteBufferSize(WRITE_BUFFER);
        options.setMaxWriteBufferNumber(2);
        if (options.tableFormatConfig() instanceof BlockBasedTableConfig table) {
            LRUCache own = new LRUCache(BLOCK_CACHE);
            cache = own;
            table.setBlockCache(own);
            options.setTableFormatConfig(table);
        }
    }

    @Override
    public void close(String storeName, Options options) {
        LRUCache own = cache;
        if (own != null) {
            own.close();
        }
    }
}
