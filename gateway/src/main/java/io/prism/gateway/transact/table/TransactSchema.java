package io.prism.gateway.transact.table;

import io.prism.core.database.Databases;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Makes and removes what transactions need in a database beside the application's tables. What is
 * there already is not touched, so that nobody who writes has to wait. Thread-safe; blocks.
 */
public final class TransactSchema {
    private static final String LOCK =
            "SELECT pg_advisory_xact_lock(hashtextextended('prism.transact', 0))";
    private static final String TABLE_THERE = "SELECT 1 WHERE to_regclass(?) IS NOT NULL";
    private static final String COLUMN_THERE =
            "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass(?) AND attname = ?"
                    + " AND NOT attisdropped";

    private final Databases databases;

    public TransactSchema(Databases databases) {
        this.databases = databases;
    }

    /**
     * Makes what is missing, once the namespace's outbox is there; idempotent. A table that other
     * namespaces use as outbox already is rewritten, once, for which it is locked.
     *
     * @throws PrismException naming what stands in the way
     */
    public void prepare(NamespaceSpec namespace) {
        Optional<String> database = namespace.database();
        if (database.isPresent()) {
            in(
                    database.get(),
                    "preparing transactions in database " + database.get(),
                    connection -> prepare(connection, outbox(namespace)));
        }
    }

    private static void prepare(Connection connection, Optional<OutboxTable> outbox)
            throws SQLException {
        make(
                connection,
                IdempotencyTable.NAME,
                List.of(IdempotencyTable.DDL, IdempotencyTable.INDEX));
        make(connection, MailboxPositions.NAME, List.of(MailboxPositions.DDL));
        if (outbox.isPresent()
                && !Statements.exists(
                        connection, COLUMN_THERE, outbox.get().quoted(), MailboxTable.ROW)) {
            run(connection, MailboxTable.ddl(outbox.get()));
        }
    }

    private static void make(Connection connection, String table, List<String> ddl)
            throws SQLException {
        if (!Statements.exists(connection, TABLE_THERE, table)) {
            run(connection, ddl);
        }
    }

    private static void run(Connection connection, List<String> statements) throws SQLException {
        for (String statement : statements) {
            int unused = Statements.run(connection, statement);
        }
    }

    /** Removes what a namespace has left in the tables it shares with others. */
    public void remove(NamespaceSpec namespace) {
        Optional<String> database = namespace.database();
        if (database.isPresent()) {
            in(
                    database.get(),
                    "removing what is left of " + namespace.name() + " in " + database.get(),
                    connection -> {
                        for (String table : List.of(IdempotencyTable.NAME, MailboxPositions.NAME)) {
                            if (Statements.exists(connection, TABLE_THERE, table)) {
                                int unused =
                                        Statements.run(
                                                connection,
                                                "DELETE FROM " + table + " WHERE namespace = ?",
                                                namespace.name().value());
                            }
                        }
                    });
        }
    }

    /** The table of a namespace's messages, if it has one. */
    public static Optional<OutboxTable> outbox(NamespaceSpec namespace) {
        return namespace
                .pattern(PatternSpec.Outbox.class)
                .filter(outbox -> !OutboxTable.isNone(outbox))
                .map(OutboxTable::of);
    }

    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    private void in(String database, String doing, Work work) {
        try (Connection connection = databases.connect(database)) {
            connection.setAutoCommit(false);
            try {
                int unused = Statements.run(connection, "SET LOCAL lock_timeout = '3s'");
                unused = Statements.run(connection, LOCK);
                work.on(connection);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw SqlErrors.of(e, doing);
        }
    }
}
