package io.prism.gateway.reader;

import com.google.protobuf.CodedOutputStream;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.database.DatabaseConfig;
import io.prism.core.database.Databases;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceSpec;
import io.prism.gateway.metrics.Metric;
import io.prism.gateway.reader.RowReader.Found;
import io.prism.gateway.reader.RowReader.Look;
import io.prism.gateway.reader.RowReader.Told;
import io.prism.gateway.relation.Catalogue;
import io.prism.gateway.relation.Column;
import io.prism.gateway.relation.TableName;
import io.prism.v1.CountRequest;
import io.prism.v1.CountResponse;
import io.prism.v1.Filter;
import io.prism.v1.GetRequest;
import io.prism.v1.GetResponse;
import io.prism.v1.Page;
import io.prism.v1.QueryRequest;
import io.prism.v1.ReadRequest;
import io.prism.v1.Row;
import io.prism.v1.ServedBy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads of this gateway. Calls block. Thread-safe.
 *
 * <p>The relation to watch: {@code prism_reads_open} stays below the connections there are; where
 * it does not, calls wait for each other.
 */
public final class Reader implements AutoCloseable {
    private static final int DEFAULT_PAGE = 100;
    private static final int MOST_IN_PAGE = 1_000;

    /** Nothing is written, and texts are what {@code ColumnValue} reads. */
    private static final String SESSION =
            "SET default_transaction_read_only = on; SET TimeZone = 'UTC'; SET DateStyle = 'ISO';"
                    + " SET IntervalStyle = 'postgres'; SET bytea_output = 'hex';"
                    + " SET extra_float_digits = 1; SET xmloption = 'content'";

    private final ReaderSettings settings;
    private final MeterRegistry meters;
    private final Clock clock;
    private final RowCache cache;
    private final Databases pools;
    private final Connections connections;
    private final Connections streams;
    private final RowReader rows;
    private final Map<String, Cursors> cursors = new ConcurrentHashMap<>();

    /**
     * Where answers go, one after the other.
     *
     * @param <T> a page, or a row
     */
    public interface Outlet<T> {
        /**
         * Blocks until there is room; false once nobody listens any more.
         *
         * @throws PrismException READ_TIMEOUT if there is no room in time
         */
        boolean offer(T answer, Duration patience);

        /** Something to do, on any thread, as soon as nobody listens any more. */
        void whenGone(Runnable action);
    }

    /**
     * @param config of databases; their pools are this object's own
     * @param background runs tasks that block
     */
    public Reader(
            DatabaseConfig config,
            ReaderSettings settings,
            RowCache cache,
            MeterRegistry meters,
            Executor background,
            Clock clock) {
        this.settings = settings;
        this.cache = cache;
        this.meters = meters;
        this.clock = clock;
        this.pools = pools(config, "prism-reader", settings.readers(), settings.longest());
        this.connections = new Connections(pools, settings.readers(), settings.longest());
        this.streams =
                new Connections(
                        pools(config, "prism-query", settings.streams(), settings.longestStream()),
                        settings.streams(),
                        settings.patience());
        this.rows =
                new RowReader(
                        Catalogue.ofRelations(System::nanoTime),
                        connections,
                        streams,
                        settings,
                        background,
                        clock);
        Metric.READS_OPEN.gauge(meters, connections::open, "kind", "short");
        Metric.READS_OPEN.gauge(meters, streams::open, "kind", "query");
    }

    private static Databases pools(
            DatabaseConfig config, String application, int size, Duration longest) {
        return new Databases(
                new DatabaseConfig(config.servers(), config.embedded(), size),
                application,
                Optional.of(longest),
                SESSION);
    }

    /**
     * One row.
     *
     * @param callLeft until the call's deadline, if it has one
     */
    public GetResponse get(
            NamespaceSpec namespace, GetRequest request, Optional<Duration> callLeft) {
        return measured(
                namespace,
                "Get",
                () -> {
                    ReadSpace space = ReadSpace.of(namespace);
                    TimeLeft left = left(callLeft, settings.longest());
                    KeptRow kept = new KeptRow(request, clock.instant());
                    return rows.with(
                            space,
                            request.getCollection(),
                            left,
                            () -> true,
                            collection -> get(space, collection, request, kept, left));
                });
    }

    private GetResponse get(
            ReadSpace space,
            Collection collection,
            GetRequest request,
            KeptRow kept,
            TimeLeft left) {
        Collection.Id id = collection.id(request.getId());
        List<Column> columns = collection.columns(request.getFieldsList());
        TableName name = collection.table().name();
        Optional<RowKey> key =
                kept.databaseOnly(rows.end(space.database()))
                                || !cache.keeps(space.namespace(), name.toString())
                        ? Optional.empty()
                        : id.texts()
                                .map(
                                        texts ->
                                                new RowKey(
                                                        space.namespace(), name.toString(), texts));
        if (key.isEmpty()) {
            return KeptRow.response(
                    kept.checked(
                            rows.one(
                                    space.database(),
                                    name,
                                    Select.one(collection, columns, id),
                                    left)));
        }
        return cache.get(
                key.get(),
                new RowCache.Reading<>() {
                    @Override
                    public Optional<GetResponse> kept(byte[] bytes) {
                        return kept.answer(bytes, collection.table().columns().keySet());
                    }

                    @Override
                    public Duration left() {
                        return left.left("looking into a cache");
                    }

                    @Override
                    public RowCache.Loaded<GetResponse> load() {
                        Select whole = Select.one(collection, collection.columns(List.of()), id);
                        return KeptRow.loaded(
                                rows.one(space.database(), name, whole, left),
                                request.getFieldsList());
                    }
                });
    }

    /** Pages, until the last row or until nobody listens. */
    public void read(
            NamespaceSpec namespace,
            ReadRequest request,
            Optional<Duration> callLeft,
            Outlet<Page> out) {
        boolean unused =
                measured(
                        namespace,
                        "Read",
                        () -> {
                            pages(ReadSpace.of(namespace), request, callLeft, out);
                            return true;
                        });
    }

    private void pages(
            ReadSpace space, ReadRequest request, Optional<Duration> callLeft, Outlet<Page> out) {
        int size = pageSize(request);
        byte[] query = query(space, request);
        long started = System.nanoTime();
        Abandonment abandonment = new Abandonment();
        out.whenGone(abandonment::gone);
        String cursor = request.getCursor();
        int pages = 0;
        do {
            String from = cursor;
            Duration spent = Duration.ofNanos(System.nanoTime() - started);
            TimeLeft left = left(callLeft.map(whole -> whole.minus(spent)), settings.longest());
            Page page =
                    rows.with(
                            space,
                            request.getCollection(),
                            left,
                            () -> true,
                            collection ->
                                    page(
                                            space,
                                            collection,
                                            request,
                                            size,
                                            query,
                                            from,
                                            left,
                                            abandonment));
            count(space.namespace(), page.getRowsCount());
            if (!out.offer(page, settings.longestStream())) {
                return;
            }
            cursor = page.getNextCursor();
            pages++;
        } while (!cursor.isEmpty() && pages != request.getMaxPages());
    }

    private Page page(
            ReadSpace space,
            Collection collection,
            ReadRequest request,
            int size,
            byte[] query,
            String cursor,
            TimeLeft left,
            Abandonment abandonment) {
        Keyset order =
                Keyset.total(
                        collection.table(),
                        request.getSortList(),
                        collection.namedBy("collection"));
        Cursors signed = cursors(space.database());
        Optional<List<@Nullable String>> behind =
                cursor.isEmpty()
                        ? Optional.empty()
                        : Optional.of(signed.read(cursor, query, order.parts().size()));
        Select select =
                Select.page(
                        collection,
                        collection.columns(request.getFieldsList()),
                        filter(request.hasFilter(), request.getFilter()),
                        order,
                        behind,
                        size + 1L);
        PageRows found =
                new PageRows(size, settings.pageBytes(), Position.asked(request.getMinPosition()));
        rows.page(space.database(), collection.table().name(), select, left, abandonment, found);
        return Page.newBuilder()
                .addAllRows(found.rows())
                .setNextCursor(found.more() ? signed.write(query, found.last()) : "")
                .setServedBy(ServedBy.SERVED_BY_DATABASE)
                .setAsOf(KeptRow.timestamp(found.look().at()))
                .setPosition(Position.text(found.look().position()))
                .build();
    }

    private static int pageSize(ReadRequest request) {
        int size = request.getPageSize();
        if (size < 0 || size > MOST_IN_PAGE) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID, "page_size", "page_size is 1 to " + MOST_IN_PAGE);
        }
        if (request.getMaxPages() < 0) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID, "max_pages", "max_pages is not negative");
        }
        return size == 0 ? DEFAULT_PAGE : size;
    }

    /** What a cursor is good for. */
    private static byte[] query(ReadSpace space, ReadRequest request) {
        ReadRequest.Builder query =
                ReadRequest.newBuilder()
                        .setCollection(space.collection(request.getCollection()).toString())
                        .addAllSort(request.getSortList())
                        .setCursor(space.namespace().name().value());
        if (request.hasFilter()) {
            query.setFilter(request.getFilter());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            query.build().writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private Cursors cursors(String database) {
        return cursors.computeIfAbsent(
                database, name -> new Cursors(CursorSecret.of(name, pools.server(name))));
    }

    /** Rows, until the last one or until nobody listens. */
    public void query(
            NamespaceSpec namespace,
            QueryRequest request,
            Optional<Duration> callLeft,
            Outlet<Row> out) {
        boolean unused =
                measured(
                        namespace,
                        "Query",
                        () -> {
                            stream(ReadSpace.of(namespace), request, callLeft, out);
                            return true;
                        });
    }

    private void stream(
            ReadSpace space, QueryRequest request, Optional<Duration> callLeft, Outlet<Row> out) {
        if (request.getLimit() < 0) {
            throw PrismException.ofField(ErrorCode.FIELD_INVALID, "limit", "limit is not negative");
        }
        TimeLeft left =
                TimeLeft.of(
                        settings.longestStream(),
                        settings.longestStream(),
                        callLeft,
                        System::nanoTime);
        Passed passed = new Passed(out, Position.asked(request.getMinPosition()), left);
        Abandonment abandonment = new Abandonment();
        out.whenGone(abandonment::gone);
        try {
            boolean unusedDone =
                    rows.with(
                            space,
                            request.getCollection(),
                            left,
                            () -> passed.count == 0,
                            collection -> {
                                Select select =
                                        Select.rows(
                                                collection,
                                                collection.columns(request.getFieldsList()),
                                                filter(request.hasFilter(), request.getFilter()),
                                                Keyset.of(
                                                        collection.table(), request.getSortList()),
                                                request.getLimit());
                                rows.query(
                                        space.database(),
                                        collection.table().name(),
                                        select,
                                        left,
                                        abandonment,
                                        passed);
                                return true;
                            });
        } finally {
            count(space.namespace(), passed.count);
        }
    }

    /** What becomes of rows that are read ahead. */
    public interface Progress {
        /** False once no more are. */
        boolean wanted();

        /** So many more are in the cache. */
        void kept(int more);
    }

    /**
     * Reads rows into the cache before anybody asks for them; blocks.
     *
     * @param request which rows, in which order, and how many; its fields do not count
     * @param time it may take
     */
    public void warmUp(
            NamespaceSpec namespace, QueryRequest request, Duration time, Progress progress) {
        ReadSpace space = ReadSpace.of(namespace);
        TimeLeft left =
                TimeLeft.of(time, settings.longestStream(), Optional.empty(), System::nanoTime);
        boolean unusedDone =
                rows.with(
                        space,
                        request.getCollection(),
                        left,
                        () -> true,
                        collection -> {
                            new WarmUp(space, collection, rows, cache, progress, left)
                                    .run(
                                            filter(request.hasFilter(), request.getFilter()),
                                            request.getSortList(),
                                            request.getLimit());
                            return true;
                        });
    }

    /** Rows that are passed on as they come. */
    private static final class Passed implements RowReader.Sink {
        private final Outlet<Row> out;
        private final OptionalLong minPosition;
        private final TimeLeft left;
        private long count;

        Passed(Outlet<Row> out, OptionalLong minPosition, TimeLeft left) {
            this.out = out;
            this.left = left;
            this.minPosition = minPosition;
        }

        @Override
        public void begin(Look look) {
            Look unused = look.reaching(minPosition);
        }

        @Override
        public boolean row(Told told) {
            count++;
            return out.offer(told.row(), left.left("waiting for its caller to take rows"));
        }
    }

    /** How many rows there are. */
    public CountResponse count(
            NamespaceSpec namespace, CountRequest request, Optional<Duration> callLeft) {
        return measured(
                namespace,
                "Count",
                () -> {
                    ReadSpace space = ReadSpace.of(namespace);
                    OptionalLong minPosition = Position.asked(request.getMinPosition());
                    TimeLeft left = left(callLeft, settings.longest());
                    Found<Long> found =
                            rows.with(
                                    space,
                                    request.getCollection(),
                                    left,
                                    () -> true,
                                    collection ->
                                            rows.count(
                                                    space.database(),
                                                    collection.table().name(),
                                                    Select.count(
                                                            collection,
                                                            filter(
                                                                    request.hasFilter(),
                                                                    request.getFilter())),
                                                    left));
                    Look look = found.look().reaching(minPosition);
                    return CountResponse.newBuilder()
                            .setCount(found.what())
                            .setServedBy(ServedBy.SERVED_BY_DATABASE)
                            .setAsOf(KeptRow.timestamp(look.at()))
                            .setPosition(Position.text(look.position()))
                            .build();
                });
    }

    private static Optional<Filter> filter(boolean given, Filter filter) {
        return given ? Optional.of(filter) : Optional.empty();
    }

    private TimeLeft left(Optional<Duration> callLeft, Duration longest) {
        return TimeLeft.of(settings.timeout(), longest, callLeft, System::nanoTime);
    }

    private void count(NamespaceSpec namespace, long read) {
        Metric.READ_ROWS
                .counter(meters, "namespace", namespace.name().value())
                .increment((double) read);
    }

    private <T> T measured(NamespaceSpec namespace, String method, Supplier<T> reading) {
        String name = namespace.name().value();
        long start = System.nanoTime();
        String outcome = ErrorCode.INTERNAL.name();
        try {
            T result = reading.get();
            outcome = "ok";
            return result;
        } catch (PrismException e) {
            outcome = e.code().name();
            throw e;
        } finally {
            Metric.READS
                    .counter(meters, "namespace", name, "method", method, "outcome", outcome)
                    .increment();
            Metric.READ_DURATION
                    .timer(meters, "namespace", name, "method", method)
                    .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void close() {
        connections.close();
        streams.close();
    }
}
