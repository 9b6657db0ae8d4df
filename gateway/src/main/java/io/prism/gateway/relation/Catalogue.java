package io.prism.gateway.relation;

import io.prism.gateway.relation.Column.Kind;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What tables have, asked once for each, or now and then: what was known goes on to be used while
 * one caller asks again, and while the database does not say. Something a client names that is not
 * there makes the catalogue be asked again, at most once a second: somebody may have added it.
 * Thread-safe.
 */
public final class Catalogue {
    private static final long FRESH_NANOS = 1_000_000_000;

    /** Whoever reads all columns wants those that were added, too. */
    private static final long RELATION_NANOS = 5_000_000_000L;

    /** In use for so long after somebody began to ask for it again. */
    private static final long OVERDUE_NANOS = 2 * RELATION_NANOS;

    /** How long one caller may take to ask before another does. */
    private static final long AGAIN_NANOS = 2_000_000_000L;

    private static final long NEVER = Long.MAX_VALUE;

    private static final String RELATION =
            "SELECT c.oid::text, c.relkind FROM pg_class c"
                    + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE n.nspname = ? AND c.relname = ? AND strpos(?, c.relkind::text) > 0";

    /** What can be written. */
    private static final String TABLES = "rp";

    /** Beside these, views, materialised views and foreign tables. */
    private static final String RELATIONS = "rpvmf";

    // Without a type modifier: a value that is too long must be refused, which a cast would cut.
    private static final String COLUMNS =
            """
            SELECT a.attname, format_type(a.atttypid, -1),
                COALESCE(element_base.typname, element.typname, base_element.typname, base.typname,
                    t.typname),
                element.oid IS NOT NULL OR base_element.oid IS NOT NULL,
                a.attgenerated <> '' OR a.attidentity = 'a', a.attnotnull,
                COALESCE((SELECT c.collisdeterministic FROM pg_collation c
                    WHERE c.oid = a.attcollation), true)
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
    private final String kinds;
    private final long dueAge;
    private final long maxAge;
    private final Map<Key, Known> tables = new ConcurrentHashMap<>();

    private record Key(String database, TableName table) {}

    /**
     * @param asked when the database said so
     * @param again when somebody began last to ask for it again
     */
    private record Known(Table table, long asked, AtomicLong again) {
        Known(Table table, long asked) {
            this(table, asked, new AtomicLong(asked));
        }
    }

    private Catalogue(LongSupplier nanos, String kinds, long dueAge, long maxAge) {
        this.nanos = nanos;
        this.kinds = kinds;
        this.dueAge = dueAge;
        this.maxAge = maxAge;
    }

    /**
     * Of tables.
     *
     * @param nanos a clock that only goes forward
     */
    public static Catalogue ofTables(LongSupplier nanos) {
        return new Catalogue(nanos, TABLES, NEVER, NEVER);
    }

    /** Of everything that has rows; due every few seconds. */
    public static Catalogue ofRelations(LongSupplier nanos) {
        return new Catalogue(nanos, RELATIONS, RELATION_NANOS, OVERDUE_NANOS);
    }

    /** What a table has; empty if the database does not have it. Blocks the first time. */
    public Optional<Table> table(Connection connection, String database, TableName name)
            throws SQLException {
        Optional<Table> known = known(database, name);
        if (known.isPresent()) {
            return known;
        }
        Optional<Table> found = find(connection, name);
        found.ifPresent(
                table -> tables.put(new Key(database, name), new Known(table, nanos.getAsLong())));
        return found;
    }

    /**
     * Whether the caller is the one to {@link #refresh} what is known, in the background; whoever
     * does not within seconds is followed by another.
     */
    public boolean due(String database, TableName name) {
        Known known = tables.get(new Key(database, name));
        if (known == null) {
            return false;
        }
        long now = nanos.getAsLong();
        long again = known.again().get();
        return now - known.asked() >= dueAge
                && now - again >= AGAIN_NANOS
                && known.again().compareAndSet(again, now);
    }

    /** Asks for what is known, which stays in use if that fails. Blocks. */
    public void refresh(Connection connection, String database, TableName name)
            throws SQLException {
        Key key = new Key(database, name);
        Known known = tables.get(key);
        if (known == null) {
            return;
        }
        Optional<Table> found = find(connection, name);
        if (found.isPresent()) {
            var unused = tables.replace(key, known, new Known(found.get(), nanos.getAsLong()));
        } else {
            var unused = tables.remove(key, known);
        }
    }

    /** The same, if it is known already, and not for too long. */
    public Optional<Table> known(String database, TableName name) {
        return Optional.ofNullable(tables.get(new Key(database, name)))
                .filter(known -> nanos.getAsLong() - known.again().get() < maxAge)
                .map(Known::table);
    }

    /** Forgets a table that the database says is another one now. */
    public void changed(String database, TableName name) {
        tables.remove(new Key(database, name));
    }

    /** Forgets a table that seems to have changed; false if it was looked at only now. */
    public boolean forget(String database, TableName name) {
        Key key = new Key(database, name);
        Known known = tables.get(key);
        return known != null
                && nanos.getAsLong() - known.asked() > FRESH_NANOS
                && tables.remove(key, known);
    }

    private Optional<Table> find(Connection connection, TableName name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(RELATION)) {
            query.setString(1, name.schema());
            query.setString(2, name.name());
            query.setString(3, kinds);
            try (ResultSet result = query.executeQuery()) {
                return result.next()
                        ? Optional.of(
                                read(connection, name, result.getString(1), result.getString(2)))
                        : Optional.empty();
            }
        }
    }

    private static Table read(Connection connection, TableName name, String relation, String kind)
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
                                    result.getBoolean(5),
                                    result.getBoolean(6),
                                    result.getBoolean(7)));
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
                kind.equals("p"),
                TABLES.contains(kind));
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}
