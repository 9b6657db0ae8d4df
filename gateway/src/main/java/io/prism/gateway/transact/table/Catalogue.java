package io.prism.gateway.transact.table;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.transact.table.Column.Kind;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * What tables have, asked once for each. Something a client names that is not there makes the
 * catalogue be asked again, at most once a second: somebody may have added it. Thread-safe.
 */
public final class Catalogue {
    private static final long FRESH_NANOS = 1_000_000_000;
    private static final String RELATION =
            "SELECT c.oid::text, c.relkind = 'p' FROM pg_class c"
                    + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')";
    // Without a type modifier: a value that is too long must be refused, which a cast would cut.
    private static final String COLUMNS =
            """
            SELECT a.attname, format_type(a.atttypid, -1),
                COALESCE(element_base.typname, element.typname, base_element.typname, base.typname,
                    t.typname),
                element.oid IS NOT NULL OR base_element.oid IS NOT NULL,
                a.attgenerated <> '' OR a.attidentity = 'a'
            FROM pg_attribute a
            JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_type base ON base.oid = t.typbasetype AND t.typtype = 'd'
            LEFT JOIN pg_type base_element
                ON base_element.oid = base.typelem AND base.typcategory = 'A'
            LEFT JOIN pg_type element ON element.oid = t.typelem AND t.typcategory = 'A'
            LEFT JOIN pg_type element_base
                ON element_base.oid = element.typbasetype AND element.typtype = 'd'
            WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum\
            """;
    private static final String KEYS =
            """
            SELECT i.indisprimary, ARRAY(
                SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (num, place)
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
                WHERE k.place <= i.indnkeyatts ORDER BY k.place)
            FROM pg_index i
            WHERE i.indrelid = ?::oid AND i.indisunique AND i.indisvalid AND i.indimmediate
                AND i.indpred IS NULL AND i.indexprs IS NULL\
            """;

    private final LongSupplier nanos;
    private final Map<Key, Known> tables = new ConcurrentHashMap<>();

    private record Key(String database, TableName table) {}

    private record Known(Table table, long asked) {}

    /**
     * @param nanos a clock that only goes forward
     */
    public Catalogue(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * What a table has.
     *
     * @throws PrismException TABLE_UNKNOWN if the database does not have it
     */
    Table table(Connection connection, String database, TableName name) throws SQLException {
        Key key = new Key(database, name);
        Known known = tables.get(key);
        if (known == null) {
            known = new Known(read(connection, database, name), nanos.getAsLong());
            tables.put(key, known);
        }
        return known.table();
    }

    /** Forgets a table that seems to have changed; false if it was looked at only now. */
    boolean forget(String database, TableName name) {
        Key key = new Key(database, name);
        Known known = tables.get(key);
        return known != null
                && nanos.getAsLong() - known.asked() > FRESH_NANOS
                && tables.remove(key, known);
    }

    private static Table read(Connection connection, String database, TableName name)
            throws SQLException {
        Optional<Table> found = find(connection, name);
        return found.orElseThrow(
                () ->
                        PrismException.ofField(
                                        ErrorCode.TABLE_UNKNOWN,
                                        "data.table",
                                        "table "
                                                + name
                                                + " is declared, but database "
                                                + database
                                                + " does not have it: make it there")
                                .with("table", name)
                                .with("database", database));
    }

    private static Optional<Table> find(Connection connection, TableName name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(RELATION)) {
            query.setString(1, name.schema());
            query.setString(2, name.name());
            try (ResultSet result = query.executeQuery()) {
                return result.next()
                        ? Optional.of(
                                read(connection, name, result.getString(1), result.getBoolean(2)))
                        : Optional.empty();
            }
        }
    }

    private static Table read(
            Connection connection, TableName name, String relation, boolean partitioned)
            throws SQLException {
        Map<String, Column> columns = new LinkedHashMap<>();
        try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
            query.setString(1, relation);
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    String column = result.getString(1);
                    columns.put(
                            column,
                            new Column(
                                    column,
                                    result.getString(2),
                                    Kind.of(result.getString(3)),
                                    result.getBoolean(4),
                                    result.getBoolean(5)));
                }
            }
        }
        List<String> primary = List.of();
        TreeSet<String> unique = new TreeSet<>();
        try (PreparedStatement query = connection.prepareStatement(KEYS)) {
            query.setString(1, relation);
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    List<String> key = texts(result.getArray(2));
                    if (result.getBoolean(1)) {
                        primary = key;
                    }
                    if (key.size() == 1) {
                        unique.add(key.getFirst());
                    }
                }
            }
        }
        return new Table(
                name,
                Collections.unmodifiableMap(columns),
                primary,
                Collections.unmodifiableSortedSet(unique),
                partitioned);
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
