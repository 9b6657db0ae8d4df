package io.prism.gateway.outbox.table;

import static io.prism.core.database.Sql.exists;
import static io.prism.core.database.Sql.run;

import io.prism.core.database.Databases;
import io.prism.core.database.Sql;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.outbox.Replication;
import io.prism.core.replication.Slots;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.PatternSpec.Publisher.Mode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Makes and removes what outbox rows need in a database. A namespace is prepared before it is
 * announced, so that it can be refused, and once more afterwards: from then on nobody who tidies up
 * takes its slot for one that is not needed. Thread-safe; blocks.
 */
public final class OutboxSchema {
    private final Databases databases;
    private final Supplier<String> cluster;

    OutboxSchema(Databases databases, Supplier<String> cluster) {
        this.databases = databases;
        this.cluster = cluster;
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
        List<OutboxTable> tables =
                OutboxTable.isNone(outbox) ? List.of() : List.of(OutboxTable.of(outbox));
        if (tables.isEmpty() && !logged) {
            throw Slots.refused(
                    database,
                    "cannot be asked for messages that are in no table: leave out publisher.mode:"
                            + " polling, or table: none");
        }
        try (Connection connection = databases.connect(database)) {
            Replication.prepare(
                    connection,
                    database,
                    tables,
                    logged ? Optional.of(cluster.get()) : Optional.empty());
        } catch (SQLException e) {
            throw SqlErrors.of(e, "preparing an outbox in database " + database);
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
                        if (Replication.present(connection, table.quoted())) {
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
        run(connection, "SET LOCAL lock_timeout = '10s'");
        run(connection, "SELECT pg_advisory_xact_lock(" + Replication.LOCK + ")");
    }
}
