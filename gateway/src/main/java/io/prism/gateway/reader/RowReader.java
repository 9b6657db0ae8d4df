package io.prism.gateway.reader;

import com.google.protobuf.Value;
import io.prism.core.database.TransactionIds;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.relation.Catalogue;
import io.prism.gateway.relation.Column;
import io.prism.gateway.relation.ColumnValue;
import io.prism.gateway.relation.Parameters;
import io.prism.gateway.relation.Table;
import io.prism.gateway.relation.TableName;
import io.prism.v1.Row;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs reads. Thread-safe; blocks. */
final class RowReader {
    private static final Logger log = LoggerFactory.getLogger(RowReader.class);

    /**
     * In the order that {@link Horizon} needs; each statement is read committed, and so has a
     * snapshot of its own. The timeout is for the statements behind it, up to the next commit.
     */
    private static final String LOOK =
            "SELECT set_config('statement_timeout', ?, true), pg_current_wal_insert_lsn()::text;"
                    + " SELECT "
                    + TransactionIds.COLUMNS;

    private static final int MANY = 500;

    /** How long the catalogue is asked in the background. */
    private static final Duration REFRESH = Duration.ofSeconds(2);

    private final Catalogue catalogue;
    private final Connections connections;
    private final Connections streams;
    private final ReaderSettings settings;
    private final Executor background;
    private final Clock clock;
    private final Map<String, Horizon> horizons = new ConcurrentHashMap<>();

    /**
     * How new what was read is.
     *
     * @param at no change that was committed before is missing
     * @param position each change committed at or before it is there, see {@link Horizon}
     * @param end of the database's log before it was read
     */
    record Look(Instant at, long position, long end) {
        /**
         * Whatever a write was answered with is there, as it was committed before.
         *
         * @throws PrismException POSITION_INVALID if that was in another log
         */
        Look reaching(OptionalLong asked) {
            if (!Position.reaches(end, asked)) {
                throw PrismException.ofField(
                        ErrorCode.POSITION_INVALID,
                        "min_position",
                        "min_position is beyond the end of the database's log: give one as a write"
                                + " to the same database was answered with it, or none");
            }
            return this;
        }
    }

    /** What is told of a row: itself, and its texts in the columns of an order. */
    record Told(Row row, List<@Nullable String> marks) {}

    /** What was found, and how new it is. */
    record Found<T>(T what, Look look) {}

    /** Takes rows as they come. */
    interface Sink {
        /** Once, before the first row. */
        void begin(Look look);

        /** False if no more is wanted. */
        boolean row(Told told);
    }

    RowReader(
            Catalogue catalogue,
            Connections connections,
            Connections streams,
            ReaderSettings settings,
            Executor background,
            Clock clock) {
        this.catalogue = catalogue;
        this.connections = connections;
        this.streams = streams;
        this.settings = settings;
        this.background = background;
        this.clock = clock;
    }

    /**
     * Does something with a collection. What a table has is asked once; where something asked for
     * is not there, or the table turns out to be another one meanwhile, it is asked again.
     *
     * @param again whether the reading may be done a second time
     */
    <T> T with(
            ReadSpace space,
            String written,
            TimeLeft left,
            BooleanSupplier again,
            Function<Collection, T> reading) {
        TableName name = space.collection(written);
        try {
            return reading.apply(find(space, name, left));
        } catch (PrismException e) {
            boolean mayHaveChanged =
                    switch (e.code()) {
                        case COLUMN_UNKNOWN, FIELD_INVALID, VALUE_INVALID ->
                                catalogue.forget(space.database(), name);
                        case CONCURRENT_CHANGE -> {
                            catalogue.changed(space.database(), name);
                            yield true;
                        }
                        default -> false;
                    };
            if (!mayHaveChanged || !again.getAsBoolean()) {
                throw e;
            }
            return reading.apply(find(space, name, left));
        }
    }

    private Collection find(ReadSpace space, TableName name, TimeLeft left) {
        Optional<Table> known = catalogue.known(space.database(), name);
        if (known.isPresent() && catalogue.due(space.database(), name)) {
            background.execute(() -> refresh(space.database(), name));
        }
        return known.or(
                        () ->
                                on(
                                        space.database(),
                                        name,
                                        left,
                                        connection ->
                                                catalogue.table(
                                                        connection, space.database(), name)))
                .map(table -> Collection.of(table, space.key(name)))
                .orElseThrow(
                        () ->
                                PrismException.ofField(
                                                ErrorCode.COLLECTION_UNKNOWN,
                                                "collection",
                                                "collection "
                                                        + name
                                                        + " is declared, but database "
                                                        + space.database()
                                                        + " does not have it: make it there")
                                        .with("collection", name)
                                        .with("database", space.database()));
    }

    private void refresh(String database, TableName name) {
        TimeLeft left = TimeLeft.of(REFRESH, REFRESH, Optional.empty(), System::nanoTime);
        try {
            boolean unused =
                    on(
                            database,
                            name,
                            left,
                            connection -> {
                                catalogue.refresh(connection, database, name);
                                return true;
                            });
        } catch (PrismException e) {
            log.atDebug()
                    .setMessage("a collection's columns could not be asked for; reading on")
                    .addKeyValue("collection", name)
                    .addKeyValue("database", database)
                    .setCause(e)
                    .log();
        }
    }

    /** The end of a database's log as reads have seen it so far. */
    long end(String database) {
        Horizon horizon = horizons.get(database);
        return horizon == null ? 0 : horizon.newestEnd();
    }

    /** At most one row, in one round trip. */
    Found<Optional<Row>> one(String database, TableName name, Select select, TimeLeft left) {
        return single(
                database,
                name,
                select,
                left,
                rows -> {
                    if (!rows.next()) {
                        return Optional.empty();
                    }
                    Row row = told(select, rows, name).row();
                    if (rows.next()) {
                        throw new PrismException(
                                        ErrorCode.DATABASE_REFUSED,
                                        "collection "
                                                + name
                                                + " has more than one row of this key: declare"
                                                + " columns that name one row only")
                                .with("collection", name);
                    }
                    return Optional.of(row);
                });
    }

    /** A number. */
    Found<Long> count(String database, TableName name, Select select, TimeLeft left) {
        return single(
                database,
                name,
                select,
                left,
                rows -> {
                    boolean unused = rows.next();
                    return rows.getLong(1);
                });
    }

    private interface Reading<T> {
        T of(ResultSet rows) throws SQLException;
    }

    private <T> Found<T> single(
            String database, TableName name, Select select, TimeLeft left, Reading<T> reading) {
        return on(
                database,
                name,
                left,
                connection -> {
                    Instant at = clock.instant();
                    try (PreparedStatement statement =
                            connection.prepareStatement(LOOK + "; " + select.text())) {
                        statement.setString(1, left.millis("reading"));
                        Parameters.bindTexts(statement, 2, select.values());
                        boolean unused = statement.execute();
                        Look look = look(database, at, statement);
                        unused = statement.getMoreResults();
                        try (ResultSet rows = statement.getResultSet()) {
                            return new Found<>(reading.of(rows), look);
                        }
                    }
                });
    }

    /** Leaves the statement at the second of its results. */
    private Look look(String database, Instant at, PreparedStatement statement)
            throws SQLException {
        long end;
        try (ResultSet first = statement.getResultSet()) {
            boolean unused = first.next();
            end = Position.parse(first.getString(2));
        }
        boolean unused = statement.getMoreResults();
        try (ResultSet second = statement.getResultSet()) {
            unused = second.next();
            Horizon horizon = horizons.computeIfAbsent(database, name -> new Horizon());
            long xmin = second.getLong(1);
            long next = TransactionIds.next(xmin, second.getInt(2));
            return new Look(at, horizon.of(end, xmin, next), end);
        }
    }

    /** A page's rows, a bounded number of bytes at a time. */
    void page(
            String database,
            TableName name,
            Select select,
            TimeLeft left,
            Abandonment abandonment,
            Sink sink) {
        stream(connections, database, name, select, left, abandonment, sink);
    }

    /** Any number of rows, for as long as they are taken. */
    void query(
            String database,
            TableName name,
            Select select,
            TimeLeft left,
            Abandonment abandonment,
            Sink sink) {
        stream(streams, database, name, select, left, abandonment, sink);
    }

    private void stream(
            Connections from,
            String database,
            TableName name,
            Select select,
            TimeLeft left,
            Abandonment abandonment,
            Sink sink) {
        boolean unused =
                sql(
                        name,
                        left,
                        () ->
                                from.within(
                                        database,
                                        left,
                                        connection ->
                                                stream(
                                                        connection,
                                                        database,
                                                        name,
                                                        select,
                                                        left,
                                                        abandonment,
                                                        sink)));
    }

    private boolean stream(
            Connection connection,
            String database,
            TableName name,
            Select select,
            TimeLeft left,
            Abandonment abandonment,
            Sink sink)
            throws SQLException {
        Instant at = clock.instant();
        try (PreparedStatement look = connection.prepareStatement(LOOK)) {
            look.setString(1, left.millis("reading"));
            boolean unused = look.execute();
            sink.begin(look(database, at, look));
        }
        try (PreparedStatement statement = connection.prepareStatement(select.text())) {
            Parameters.bindTexts(statement, 1, select.values());
            int fetch = 1;
            statement.setFetchSize(fetch);
            try (ResultSet rows = abandonment.run(connection, statement::executeQuery)) {
                int largest = 1;
                while (abandonment.run(connection, rows::next)) {
                    Told told = told(select, rows, name);
                    if (!sink.row(told)) {
                        return false;
                    }
                    largest = Math.max(largest, told.row().getSerializedSize());
                    // The rows to come may be larger than all so far.
                    fetch =
                            Math.clamp(
                                    settings.fetchBytes() / largest, 1, Math.min(2 * fetch, MANY));
                    rows.setFetchSize(fetch);
                    Duration unused = left.left("reading");
                }
                return true;
            }
        }
    }

    private Told told(Select select, ResultSet rows, TableName name) throws SQLException {
        Row.Builder row = Row.newBuilder();
        int place = 1;
        for (Column column : select.columns()) {
            Value value = ColumnValue.of(column, rows.getString(place++));
            row.putValues(column.name(), value);
        }
        if (select.versioned()) {
            row.setVersion(String.valueOf(rows.getString(place++)));
        }
        List<@Nullable String> marks = new ArrayList<>();
        for (Column unused : select.marks()) {
            marks.add(rows.getString(place++));
        }
        Row made = row.build();
        if (made.getSerializedSize() > settings.rowBytes()) {
            throw new PrismException(
                            ErrorCode.ROW_TOO_LARGE,
                            "a row of collection "
                                    + name
                                    + " has "
                                    + made.getSerializedSize()
                                    + " bytes, and "
                                    + settings.rowBytes()
                                    + " are allowed: ask for fewer fields")
                    .with("collection", name)
                    .with("limit", settings.rowBytes());
        }
        return new Told(made, marks);
    }

    private interface Statements<T> {
        T run() throws SQLException;
    }

    private <T> T on(String database, TableName name, TimeLeft left, Connections.Work<T> work) {
        return sql(name, left, () -> connections.on(database, left, work));
    }

    private static <T> T sql(TableName name, TimeLeft left, Statements<T> statements) {
        try {
            return statements.run();
        } catch (SQLException e) {
            throw ReadFaults.of(e, name, left);
        }
    }
}
