package io.prism.core.outbox;

import io.prism.core.database.SqlErrors;
import io.prism.core.error.PrismException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Locale;

/**
 * What a database's write-ahead log is read through: one slot and one publication a database,
 * whatever the number of namespaces and tables. Rows inserted after {@link #prepare} has returned
 * are in the slot, whenever somebody begins to read it.
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

    /** The key of the advisory lock: "prism" in ASCII. */
    public static final long LOCK = 0x70_72_69_73_6dL;

    private static final int LONGEST_NAME = 63;

    private Replication() {}

    /** The name of a database's slot. Slots have one name on a whole server. */
    public static String slot(String database) {
        String name = "prism_" + database.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        return name.substring(0, Math.min(LONGEST_NAME, name.length()));
    }

    /**
     * Makes what is missing of slot, tables and publication. Idempotent, and safe with any number
     * of others; blocks, and a slot that is missing waits for transactions that are open now.
     *
     * @param connection in auto-commit, and again when this returns
     * @param database by the name that namespaces use
     * @throws PrismException why the database refuses
     */
    public static void prepare(
            Connection connection, String database, Collection<OutboxTable> tables) {
        try {
            locked(
                    connection,
                    () -> {
                        // Before the slot: up to PostgreSQL 17 a slot cannot be read past a change,
                        // of whatever table, from before there was the publication.
                        if (!exists(
                                connection,
                                "SELECT 1 FROM pg_publication WHERE pubname = ?",
                                PUBLICATION)) {
                            run(
                                    connection,
                                    "CREATE PUBLICATION "
                                            + PUBLICATION
                                            + " WITH (publish = 'insert')");
                        }
                        if (!exists(
                                connection,
                                "SELECT 1 FROM pg_replication_slots WHERE slot_name = ?",
                                slot(database))) {
                            run(
                                    connection,
                                    "SELECT pg_create_logical_replication_slot(?, 'pgoutput')",
                                    slot(database));
                        }
                        publish(connection, tables);
                    });
        } catch (SQLException e) {
            throw SqlErrors.of(e, "preparing database " + database + " for its outbox");
        }
    }

    /** Something to do with a database. */
    public interface Work {
        void run() throws SQLException;
    }

    /**
     * Runs while nobody else prepares or drops; the lock goes with the connection, too.
     *
     * @param connection in auto-commit, and again when the work returns or throws
     */
    public static void locked(Connection connection, Work work) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + LOCK + ")");
            try {
                work.run();
            } catch (SQLException | RuntimeException e) {
                try {
                    unlock(statement);
                } catch (SQLException gone) {
                    e.addSuppressed(gone);
                }
                throw e;
            }
            unlock(statement);
        }
    }

    private static void unlock(Statement statement) throws SQLException {
        statement.execute("SELECT pg_advisory_unlock(" + LOCK + ")");
    }

    /** All of it or nothing, and without DDL where there is nothing to do. */
    private static void publish(Connection connection, Collection<OutboxTable> tables)
            throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (OutboxTable table : tables) {
                for (String ddl : table.ddl()) {
                    statement.execute(ddl);
                }
            }
            for (OutboxTable table : tables) {
                if (!exists(
                        connection,
                        "SELECT 1 FROM pg_publication_tables WHERE pubname = ? AND schemaname = ?"
                                + " AND tablename = ?",
                        PUBLICATION,
                        table.schema(),
                        table.name())) {
                    statement.execute(
                            "ALTER PUBLICATION " + PUBLICATION + " ADD TABLE " + table.quoted());
                }
            }
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            try {
                connection.rollback();
                connection.setAutoCommit(true);
            } catch (SQLException gone) {
                e.addSuppressed(gone);
            }
            throw e;
        }
        connection.setAutoCommit(true);
    }

    /** Whether a query with these parameters has a row. */
    static boolean exists(Connection connection, String sql, String... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void run(Connection connection, String sql, String parameter)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, parameter);
            statement.execute();
        }
    }
}
