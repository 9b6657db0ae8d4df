package io.prism.core.outbox;

import io.prism.core.database.Sql;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.PrismException;
import io.prism.core.replication.Publications;
import io.prism.core.replication.Slots;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * What outbox rows need in a database, and what its write-ahead log is read through: tables, and
 * one slot and one publication a database, whatever the number of namespaces and tables. Rows
 * inserted after {@link #prepare} has returned are in the slot, whenever somebody begins to read
 * it.
 *
 * <p>Preparing and dropping exclude one another by a lock in the database. Whoever prepares does so
 * <em>after</em> its namespace is in the shared table; whoever drops looks at that table while it
 * holds the lock.
 */
public final class Replication {
    /**
     * Publishes insertions only: that a row is stamped and removed later is nobody's news, and to
     * decode its whole content again for it would cost the connector half its time.
     */
    public static final String PUBLICATION = "prism";

    /** What the names of slots for outboxes begin with, and no other of Prism's. */
    private static final String SLOT_PREFIX = "prism_";

    /** The key of the advisory lock. */
    public static final long LOCK = Slots.LOCK;

    /** Of a row's life the relay reads its beginning. */
    private static final String OPERATIONS = "insert";

    private static final int LONGEST_NAME = 63;
    private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '10s'";

    private Replication() {}

    /** The name of a database's slot. Slots have one name on a whole server. */
    public static String slot(String database) {
        String name = SLOT_PREFIX + database.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        return name.substring(0, Math.min(LONGEST_NAME, name.length()));
    }

    /**
     * Makes what is missing of publication, slot and tables, in this order: whatever is decoded
     * from the slot's beginning on finds its publication, and no row can be inserted that the slot
     * does not have. What is there already is not touched, so that nobody who writes has to wait.
     * Idempotent, and safe with any number of others; blocks, and a slot that is missing waits for
     * transactions that are open now.
     *
     * @param connection in auto-commit, and again when this returns
     * @param database by the name that namespaces use
     * @param owner the Kafka cluster that rows are relayed to, where they are read from the log;
     *     empty if not: then only tables are made
     * @throws PrismException why the database refuses, and the remedy
     */
    public static void prepare(
            Connection connection,
            String database,
            Collection<OutboxTable> tables,
            Optional<String> owner) {
        boolean logged = owner.isPresent();
        try {
            if (logged) {
                Slots.requireLogical(connection, database, ", or declare publisher.mode: polling");
            }
            // Whoever drops what nobody needs waits, or has dropped it already.
            Slots.locked(
                    connection,
                    () -> {
                        if (logged) {
                            OutboxMark mark = new OutboxMark(owner.get(), database);
                            Sql.transaction(connection, () -> publish(connection, mark));
                            Slots.make(connection, database, slot(database));
                        }
                        Sql.transaction(
                                connection, () -> tables(connection, database, tables, logged));
                    });
        } catch (SQLException e) {
            throw SqlErrors.of(
                    e,
                    "preparing "
                            + (tables.isEmpty()
                                    ? "an outbox"
                                    : tables.stream()
                                            .map(OutboxTable::label)
                                            .collect(Collectors.joining(", ")))
                            + " in database "
                            + database);
        }
    }

    /**
     * Removes slot and publication, and leaves tables.
     *
     * @param connection in auto-commit, and again when this returns
     * @param unneeded asked while nobody can prepare
     * @return whether there is nothing of it now; false where somebody reads the slot or needs it
     */
    public static boolean drop(Connection connection, String database, BooleanSupplier unneeded)
            throws SQLException {
        return Slots.drop(connection, slot(database), unneeded, () -> unpublish(connection));
    }

    /** A database may be known by several names, each with its slot. */
    private static void unpublish(Connection connection) throws SQLException {
        if (!Sql.exists(
                connection,
                "SELECT 1 FROM pg_replication_slots WHERE database = current_database()"
                        + " AND starts_with(slot_name, ?)",
                SLOT_PREFIX)) {
            Publications.drop(connection, PUBLICATION);
        }
    }

    private static void publish(Connection connection, OutboxMark mark) throws SQLException {
        Publications.ensure(connection, PUBLICATION, OPERATIONS, false);
        mark.put(connection);
    }

    private static void tables(
            Connection connection, String database, Collection<OutboxTable> tables, boolean logged)
            throws SQLException {
        Sql.run(connection, LOCK_TIMEOUT);
        for (OutboxTable table : tables) {
            table(connection, database, table);
            if (logged) {
                Publications.add(
                        connection,
                        PUBLICATION,
                        new Publications.Table(table.schema(), table.name()));
            }
        }
    }

    private static void table(Connection connection, String database, OutboxTable table)
            throws SQLException {
        if (present(connection, table.quoted())) {
            check(connection, database, table);
        }
        List<String> names =
                List.of(
                        table.quoted(),
                        inSchema(table, table.unpublishedIndex()),
                        inSchema(table, table.publishedIndex()));
        List<String> ddl = table.ddl();
        for (int i = 0; i < names.size(); i++) {
            // Even IF NOT EXISTS takes a lock that those who insert would wait for.
            if (!present(connection, names.get(i))) {
                Sql.run(connection, ddl.get(i));
            }
        }
    }

    private static String inSchema(OutboxTable table, String index) {
        return new OutboxTable(table.schema(), index).quoted();
    }

    /** Whether there is a relation of this name, quoted. */
    public static boolean present(Connection connection, String quoted) throws SQLException {
        return Sql.exists(connection, "SELECT 1 WHERE to_regclass(?) IS NOT NULL", quoted);
    }

    /** A table somebody else made. */
    private static void check(Connection connection, String database, OutboxTable table)
            throws SQLException {
        Set<String> missing = new TreeSet<>(OutboxTable.COLUMNS);
        Sql.all(
                        connection,
                        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(?)"
                                + " AND attnum > 0 AND NOT attisdropped",
                        table.quoted())
                .forEach(missing::remove);
        if (!missing.isEmpty()) {
            throw Slots.refused(
                            database,
                            "has a table "
                                    + table.label()
                                    + " that is no outbox: it lacks "
                                    + String.join(", ", missing)
                                    + "; add the columns, or declare another table")
                    .with("table", table.label())
                    .with("missing", String.join(",", missing));
        }
        boolean key =
                Sql.exists(
                        connection,
                        "SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
                                + " AND a.attnum = i.indkey[0] WHERE i.indrelid = to_regclass(?)"
                                + " AND i.indisprimary AND i.indnkeyatts = 1 AND a.attname = 'id'",
                        table.quoted());
        if (!key) {
            throw Slots.refused(
                            database,
                            "has a table "
                                    + table.label()
                                    + " whose primary key is not id: ALTER TABLE "
                                    + table.label()
                                    + " ADD PRIMARY KEY (id), or declare another table")
                    .with("table", table.label());
        }
    }
}
