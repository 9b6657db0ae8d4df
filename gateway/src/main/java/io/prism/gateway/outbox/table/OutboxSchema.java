package io.prism.gateway.outbox.table;

import static io.prism.gateway.outbox.table.Sql.all;
import static io.prism.gateway.outbox.table.Sql.exists;
import static io.prism.gateway.outbox.table.Sql.first;
import static io.prism.gateway.outbox.table.Sql.run;

import io.prism.core.database.Databases;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.outbox.Replication;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.PatternSpec.Publisher.Mode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * Makes and removes what outbox rows need in a database: publication and slot first and the table
 * afterwards, so that no row can be inserted that the slot does not have. A namespace is prepared
 * before it is announced, so that it can be refused, and once more afterwards: from then on nobody
 * who tidies up takes its slot for one that is not needed. What is there already is not touched, so
 * that nobody who writes has to wait. Thread-safe; blocks.
 */
public final class OutboxSchema {
    private static final String DUPLICATE_OBJECT = "42710";
    private static final String TOO_MANY = "53400";
    private static final String NOT_ALLOWED = "42501";
    private static final String TIMED_OUT = "57014";
    private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '10s'";

    private final Databases databases;

    OutboxSchema(Databases databases) {
        this.databases = databases;
    }

    /**
     * Makes what is missing; idempotent.
     *
     * @throws PrismException DATABASE_UNKNOWN, DATABASE_UNAVAILABLE, or DATABASE_REFUSED with what
     *     stands in the way and the remedy
     */
    public void prepare(PatternSpec.Outbox outbox) {
        String database = outbox.database();
        boolean logged = outbox.publisher().mode() == Mode.WAL;
        Optional<OutboxTable> table =
                OutboxTable.isNone(outbox) ? Optional.empty() : Optional.of(OutboxTable.of(outbox));
        if (table.isEmpty() && !logged) {
            throw refused(
                    database,
                    "cannot be asked for messages that are in no table: leave out publisher.mode:"
                            + " polling, or table: none");
        }
        try (Connection connection = databases.connect(database)) {
            if (logged) {
                requireLogical(first(connection, "SHOW wal_level"), database);
            }
            // Whoever drops what nobody needs waits, or has dropped it already.
            Replication.locked(
                    connection,
                    () -> {
                        if (logged) {
                            publication(connection);
                            slot(connection, database);
                        }
                        Sql.transaction(
                                connection,
                                () -> {
                                    run(connection, LOCK_TIMEOUT);
                                    if (table.isPresent()) {
                                        table(connection, database, table.get());
                                    }
                                    if (logged && table.isPresent()) {
                                        add(connection, table.get());
                                    }
                                });
                    });
        } catch (SQLException e) {
            throw SqlErrors.of(
                    e,
                    "preparing "
                            + table.map(OutboxTable::label).orElse("an outbox")
                            + " in database "
                            + database);
        }
    }

    /**
     * Removes a namespace's rows, and the table if it is nobody else's.
     *
     * @param shared whether another namespace has the table; asked when none can be prepared
     */
    public void remove(PatternSpec.Outbox outbox, String namespace, BooleanSupplier shared) {
        if (OutboxTable.isNone(outbox)) {
            return;
        }
        String database = outbox.database();
        OutboxTable table = OutboxTable.of(outbox);
        try (Connection connection = databases.connect(database)) {
            Sql.transaction(
                    connection,
                    () -> {
                        lock(connection);
                        if (present(connection, table.quoted())) {
                            remove(connection, table, namespace, shared.getAsBoolean());
                        }
                    });
        } catch (SQLException e) {
            throw SqlErrors.of(e, "removing " + table.label() + " from database " + database);
        }
    }

    private static void remove(
            Connection connection, OutboxTable table, String namespace, boolean shared)
            throws SQLException {
        String quoted = table.quoted();
        if (!shared) {
            run(connection, "LOCK TABLE " + quoted + " IN ACCESS EXCLUSIVE MODE");
            // Should somebody have begun to use it all the same, nothing of theirs goes.
            if (!exists(
                    connection,
                    "SELECT 1 FROM " + quoted + " WHERE namespace <> ? LIMIT 1",
                    namespace)) {
                run(connection, "DROP TABLE " + quoted);
                return;
            }
        }
        run(connection, "SET LOCAL statement_timeout = 0");
        run(connection, "DELETE FROM " + quoted + " WHERE namespace = ?", namespace);
    }

    /** Nobody else prepares or removes until the transaction's end. */
    private static void lock(Connection connection) throws SQLException {
        run(connection, LOCK_TIMEOUT);
        run(connection, "SELECT pg_advisory_xact_lock(" + Replication.LOCK + ")");
    }

    /** Throws unless rows can be read from the write-ahead log. */
    static void requireLogical(String walLevel, String database) {
        if (!walLevel.toLowerCase(Locale.ROOT).equals("logical")) {
            throw refused(
                    database,
                    "has wal_level "
                            + walLevel
                            + ", so committed rows cannot be read from its log: set wal_level ="
                            + " logical and restart PostgreSQL, or declare publisher.mode:"
                            + " polling");
        }
    }

    private static void slot(Connection connection, String database) throws SQLException {
        String slot = Replication.slot(database);
        List<String> owner =
                all(
                        connection,
                        "SELECT database = current_database() FROM pg_replication_slots"
                                + " WHERE slot_name = ?",
                        slot);
        if (!owner.isEmpty()) {
            if (!"t".equals(owner.getFirst())) {
                throw refused(
                        database,
                        "needs a replication slot "
                                + slot
                                + ", and another database of that server has one of this name:"
                                + " configure the database under another name");
            }
            return;
        }
        try {
            run(connection, "SELECT pg_create_logical_replication_slot(?, 'pgoutput')", slot);
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            switch (state) {
                case DUPLICATE_OBJECT -> {
                    // Another gateway was faster.
                }
                case TOO_MANY ->
                        throw refused(
                                database,
                                "has no replication slot left for "
                                        + slot
                                        + ": raise max_replication_slots, or drop one nobody"
                                        + " reads");
                case NOT_ALLOWED ->
                        throw refused(
                                database,
                                "does not let this user make replication slot "
                                        + slot
                                        + ": ALTER ROLE … REPLICATION, or make it with"
                                        + " pg_create_logical_replication_slot('"
                                        + slot
                                        + "', 'pgoutput')");
                case TIMED_OUT ->
                        throw new PrismException(
                                ErrorCode.DATABASE_UNAVAILABLE,
                                "database "
                                        + database
                                        + " cannot make replication slot "
                                        + slot
                                        + " while a transaction goes on that began before; try"
                                        + " again when it has ended",
                                e);
                default -> throw e;
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
                run(connection, ddl.get(i));
            }
        }
    }

    private static String inSchema(OutboxTable table, String index) {
        return new OutboxTable(table.schema(), index).quoted();
    }

    private static boolean present(Connection connection, String quoted) throws SQLException {
        return exists(connection, "SELECT 1 WHERE to_regclass(?) IS NOT NULL", quoted);
    }

    /** A table somebody else made. */
    private static void check(Connection connection, String database, OutboxTable table)
            throws SQLException {
        Set<String> missing = new TreeSet<>(OutboxTable.COLUMNS);
        all(
                        connection,
                        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(?)"
                                + " AND attnum > 0 AND NOT attisdropped",
                        table.quoted())
                .forEach(missing::remove);
        if (!missing.isEmpty()) {
            throw refused(
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
                exists(
                        connection,
                        "SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
                                + " AND a.attnum = i.indkey[0] WHERE i.indrelid = to_regclass(?)"
                                + " AND i.indisprimary AND i.indnkeyatts = 1 AND a.attname = 'id'",
                        table.quoted());
        if (!key) {
            throw refused(
                            database,
                            "has a table "
                                    + table.label()
                                    + " whose primary key is not id: ALTER TABLE "
                                    + table.label()
                                    + " ADD PRIMARY KEY (id), or declare another table")
                    .with("table", table.label());
        }
    }

    /**
     * Before the slot: up to PostgreSQL 17 a slot cannot be read past a change, of whatever table,
     * from before there was the publication.
     */
    private static void publication(Connection connection) throws SQLException {
        if (!exists(
                connection,
                "SELECT 1 FROM pg_publication WHERE pubname = ?",
                Replication.PUBLICATION)) {
            run(
                    connection,
                    "CREATE PUBLICATION " + Replication.PUBLICATION + " WITH (publish = 'insert')");
        }
    }

    private static void add(Connection connection, OutboxTable table) throws SQLException {
        if (!exists(
                connection,
                "SELECT 1 FROM pg_publication_tables WHERE pubname = ? AND schemaname = ?"
                        + " AND tablename = ?",
                Replication.PUBLICATION,
                table.schema(),
                table.name())) {
            run(
                    connection,
                    "ALTER PUBLICATION "
                            + Replication.PUBLICATION
                            + " ADD TABLE "
                            + table.quoted());
        }
    }

    private static PrismException refused(String database, String why) {
        return new PrismException(ErrorCode.DATABASE_REFUSED, "database " + database + " " + why)
                .with("database", database);
    }
}
