package io.prism.gateway.reader;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.reader.RowCache.Loaded;
import io.prism.gateway.reader.RowReader.Found;
import io.prism.gateway.reader.RowReader.Look;
import io.prism.gateway.reader.RowReader.Told;
import io.prism.gateway.relation.Column;
import io.prism.v1.Filter;
import io.prism.v1.Sort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A query's rows on their way into a cache. Their keys come over a cursor; what the cache lacks of
 * them is read some at a time, and only then: a row that was read before the cache was asked could
 * be older than what the cache was told meanwhile.
 */
final class WarmUp {
    private static final int BATCH = 100;

    /** Readers of a batch's rows wait for it. */
    private static final Duration LONGEST_BATCH = Duration.ofSeconds(2);

    private final ReadSpace space;
    private final Collection collection;
    private final RowReader rows;
    private final RowCache cache;
    private final Reader.Progress progress;
    private final TimeLeft left;

    WarmUp(
            ReadSpace space,
            Collection collection,
            RowReader rows,
            RowCache cache,
            Reader.Progress progress,
            TimeLeft left) {
        this.space = space;
        this.collection = collection;
        this.rows = rows;
        this.cache = cache;
        this.progress = progress;
        this.left = left;
    }

    /**
     * Until the last row, or until nobody wants more; blocks.
     *
     * @throws PrismException PATTERN_NOT_AVAILABLE if the collection's rows are not cached
     */
    void run(Optional<Filter> filter, List<Sort> sorts, long limit) {
        if (!cache.keeps(space.namespace(), collection.table().name().toString())) {
            throw notCached();
        }
        List<Column> key = collection.namedBy("collection");
        Keyset order = Keyset.total(collection.table(), sorts, key);
        Select keys = Select.page(collection, key, filter, order, Optional.empty(), limit);
        Batches batches = new Batches(order.columns());
        rows.query(
                space.database(),
                collection.table().name(),
                keys,
                left,
                new Abandonment(),
                batches);
        batches.last();
    }

    private PrismException notCached() {
        return new PrismException(
                        ErrorCode.PATTERN_NOT_AVAILABLE,
                        "rows of collection "
                                + collection.table().name()
                                + " are not cached here, so they cannot be read ahead")
                .with("collection", collection.table().name());
    }

    /** A row's name: its texts in the key's columns, and what the cache knows it by. */
    private record Named(RowKey key, List<String> texts) {}

    /**
     * @param columns the marks are of
     * @return empty where a part of the key is null, so that nobody can ask for the row
     */
    private Optional<Named> named(List<Column> columns, List<@Nullable String> marks) {
        Map<String, String> written = new HashMap<>();
        List<String> texts = new ArrayList<>();
        for (Column column : collection.key()) {
            String text = marks.get(columns.indexOf(column));
            if (text == null) {
                return Optional.empty();
            }
            written.put(column.name(), column.keyText(text).orElseThrow(this::notCached));
            texts.add(text);
        }
        return Optional.of(
                new Named(
                        new RowKey(
                                space.namespace(), collection.table().name().toString(), written),
                        texts));
    }

    /** Keys as they come. */
    private final class Batches implements RowReader.Sink {
        private final List<Column> columns;
        private final Map<RowKey, List<String>> batch = new LinkedHashMap<>();

        Batches(List<Column> columns) {
            this.columns = columns;
        }

        @Override
        public void begin(Look look) {}

        @Override
        public boolean row(Told told) {
            named(columns, told.marks()).ifPresent(row -> batch.put(row.key(), row.texts()));
            if (batch.size() == BATCH) {
                last();
            }
            return progress.wanted();
        }

        /** Reads those that have come. */
        void last() {
            if (!batch.isEmpty() && progress.wanted()) {
                progress.kept(
                        cache.warm(
                                List.copyOf(batch.keySet()),
                                (keys, row) -> read(batch, keys, row)));
            }
            batch.clear();
        }
    }

    private void read(
            Map<RowKey, List<String>> batch,
            List<RowKey> keys,
            BiConsumer<RowKey, Loaded<?>> taker) {
        List<List<String>> texts = new ArrayList<>();
        keys.forEach(key -> texts.add(batch.getOrDefault(key, List.of())));
        Select select = Select.these(collection, texts);
        Singles singles = new Singles(select.marks(), taker);
        rows.page(
                space.database(),
                collection.table().name(),
                select,
                left.atMost(LONGEST_BATCH),
                new Abandonment(),
                singles);
        singles.last();
    }

    /** Rows in the order of their keys; of a key that names several rows, none. */
    private final class Singles implements RowReader.Sink {
        private final List<Column> columns;
        private final BiConsumer<RowKey, Loaded<?>> taker;
        private @Nullable Look look;
        private @Nullable Told before;
        private boolean several;

        Singles(List<Column> columns, BiConsumer<RowKey, Loaded<?>> taker) {
            this.columns = columns;
            this.taker = taker;
        }

        @Override
        public void begin(Look now) {
            look = now;
        }

        @Override
        public boolean row(Told told) {
            Told known = before;
            if (known != null && known.marks().equals(told.marks())) {
                several = true;
            } else {
                last();
                several = false;
            }
            before = told;
            return progress.wanted();
        }

        /** The one before, now that it is known to be the only one. */
        void last() {
            Told told = before;
            Look known = look;
            if (told != null && known != null && !several) {
                named(columns, told.marks())
                        .ifPresent(
                                row ->
                                        taker.accept(
                                                row.key(),
                                                KeptRow.loaded(
                                                        new Found<>(Optional.of(told.row()), known),
                                                        List.of())));
            }
            before = null;
        }
    }
}
