package io.prism.core.cdc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prism.core.database.Sql;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.replication.Publications;
import io.prism.core.replication.Publications.Table;
import io.prism.core.replication.Slots;
import io.prism.core.spec.PatternSpec.Cdc.Snapshot;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * Makes and removes what a capture needs in its database. Every change that commits after {@link
 * #prepare} has returned is in the slot, whenever somebody begins to read it.
 *
 * <p>First the publication with its tables, then the slot: whatever is decoded from the slot's
 * beginning on finds its publication. Then the first snapshot is asked for, by a row that is in the
 * slot like any other change, so that neither a crash nor a late connector loses it.
 */
public final class CaptureSchema {
    /** The id of the signal that asks for the first snapshot; there is one at most. */
    static final String FIRST = "first";

    private static final String OPERATIONS = "insert, update, delete, truncate";
    private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '10s'";
    private static final ObjectMapper JSON = new ObjectMapper();

    private CaptureSchema() {}

    /**
     * Makes what is missing. Idempotent, and safe with any number of others; blocks, and a slot
     * that is missing waits for transactions that are open now.
     *
     * @param connection in auto-commit, and again when this returns
     * @param owner the Kafka cluster whose namespace it is
     * @throws PrismException what stands in the way, and the remedy
     */
    public static void prepare(Connection connection, Capture capture, String owner) {
        String database = capture.database();
        try {
            Slots.requireLogical(connection, database, "");
            Slots.locked(
                    connection,
                    () -> {
                        Sql.transaction(connection, () -> publish(connection, capture, owner));
                        // What was asked of an earlier slot will not be in the next. Before that
                        // is made: whoever finds it believes that it was asked.
                        Sql.run(
                                connection,
                                "DELETE FROM "
                                        + capture.signals().quoted()
                                        + " WHERE id = ? AND NOT EXISTS (SELECT 1"
                                        + " FROM pg_replication_slots WHERE slot_name = ?)",
                                FIRST,
                                capture.slot());
                        Slots.make(connection, database, capture.slot());
                        if (capture.snapshot() != Snapshot.NEVER) {
                            signal(connection, capture, FIRST, capture.tables());
                        }
                    });
        } catch (SQLException e) {
            throw SqlErrors.of(
                    e,
                    "preparing database "
                            + database
                            + " for the changes of namespace "
                            + capture.namespace());
        }
    }

    private static void publish(Connection connection, Capture capture, String owner)
            throws SQLException {
        Sql.run(connection, LOCK_TIMEOUT);
        List<Table> published = new ArrayList<>(capture.tables());
        for (Table table : capture.tables()) {
            identify(connection, capture, table);
        }
        Table signals = capture.signals();
        if (!Sql.exists(
                connection, "SELECT 1 WHERE to_regclass(?) IS NOT NULL", signals.quoted())) {
            Sql.run(
                    connection,
                    "CREATE TABLE IF NOT EXISTS "
                            + signals.quoted()
                            + " (id text PRIMARY KEY, type text, data text)");
            // Debezium deletes a window's signal to close the window, and reads what it said.
            Sql.run(connection, "ALTER TABLE " + signals.quoted() + " REPLICA IDENTITY FULL");
        }
        CaptureMark.put(connection, signals, new CaptureMark(owner, capture.namespace()));
        published.add(signals);
        Publications.ensure(connection, capture.publication(), OPERATIONS, true);
        Publications.set(connection, capture.publication(), published);
    }

    /**
     * An update or delete of a row says which one it was by the table's replica identity, and is
     * refused altogether where a published table has none.
     */
    private static void identify(Connection connection, Capture capture, Table table)
            throws SQLException {
        ReplicaIdentity identity =
                ReplicaIdentity.of(connection, table)
                        .orElseThrow(
                                () ->
                                        Slots.refused(
                                                        capture.database(),
                                                        "has no table "
                                                                + table.label()
                                                                + ", whose changes namespace "
                                                                + capture.namespace()
                                                                + " captures: make it first, or"
                                                                + " correct source.tables")
                                                .with("table", table.label()));
        Set<String> unknown = new TreeSet<>(capture.keyColumns());
        unknown.removeAll(identity.columns());
        if (!unknown.isEmpty()) {
            throw Slots.refused(
                            capture.database(),
                            "has a table "
                                    + table.label()
                                    + " without the columns of the key_extractor "
                                    + String.join(", ", unknown)
                                    + ": correct it, or capture the table in a namespace of its"
                                    + " own")
                    .with("table", table.label());
        }
        if (capture.snapshot() != Snapshot.NEVER && identity.key().isEmpty()) {
            throw Slots.refused(
                            capture.database(),
                            "has a table "
                                    + table.label()
                                    + " without a primary key, which a snapshot needs: ALTER TABLE "
                                    + table.label()
                                    + " ADD PRIMARY KEY (…), or declare snapshot: never")
                    .with("table", table.label());
        }
        if (!identity.tells(capture.keyColumns())) {
            full(connection, capture, table);
        }
    }

    private static void full(Connection connection, Capture capture, Table table)
            throws SQLException {
        String ddl = "ALTER TABLE " + table.quoted() + " REPLICA IDENTITY FULL";
        try {
            Sql.run(connection, ddl);
        } catch (SQLException e) {
            if (SqlErrors.code(e) != ErrorCode.DATABASE_REFUSED) {
                throw e;
            }
            throw new PrismException(
                            ErrorCode.DATABASE_REFUSED,
                            "database "
                                    + capture.database()
                                    + " has a table "
                                    + table.label()
                                    + " whose deleted rows do not tell "
                                    + (capture.keyColumns().isEmpty()
                                            ? "which they were"
                                            : String.join(", ", capture.keyColumns()))
                                    + ", and this user may not change that; let its owner run: "
                                    + ddl,
                            e)
                    .with("table", table.label());
        }
    }

    /**
     * Asks for a snapshot of tables while changes go on; it begins when the connector reads this.
     *
     * @param id of the signal; one that is there already is not asked again
     */
    static void signal(Connection connection, Capture capture, String id, List<Table> tables)
            throws SQLException {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("type", "incremental");
        data.put("data-collections", tables.stream().map(Table::label).toList());
        try {
            Sql.run(
                    connection,
                    "INSERT INTO "
                            + capture.signals().quoted()
                            + " (id, type, data) VALUES (?, 'execute-snapshot', ?)"
                            + " ON CONFLICT (id) DO NOTHING",
                    id,
                    JSON.writeValueAsString(data));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Asks for a snapshot of some of the tables, or of all where none is named.
     *
     * @param names as namespaces write them
     * @param id of the signal, new
     * @return the tables
     */
    public static List<Table> snapshot(
            Connection connection, Capture capture, List<String> names, String id) {
        List<Table> tables = new ArrayList<>();
        for (String name : names) {
            tables.add(
                    capture.tables().stream()
                            .filter(t -> t.label().equals(name) || t.name().equals(name))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new PrismException(
                                                            ErrorCode.TABLE_UNKNOWN,
                                                            "namespace "
                                                                    + capture.namespace()
                                                                    + " does not capture table "
                                                                    + name
                                                                    + "; it captures "
                                                                    + labels(capture.tables()))
                                                    .with("table", name)));
        }
        List<Table> meant = tables.isEmpty() ? capture.tables() : tables;
        try {
            for (Table table : meant) {
                if (ReplicaIdentity.of(connection, table)
                        .filter(identity -> !identity.key().isEmpty())
                        .isEmpty()) {
                    throw Slots.refused(
                                    capture.database(),
                                    "has no table "
                                            + table.label()
                                            + " with a primary key, which a snapshot needs")
                            .with("table", table.label());
                }
            }
            signal(connection, capture, id, meant);
        } catch (SQLException e) {
            throw SqlErrors.of(e, "asking for a snapshot of " + labels(meant));
        }
        return List.copyOf(meant);
    }

    private static String labels(List<Table> tables) {
        return String.join(", ", tables.stream().map(Table::label).toList());
    }

    /**
     * Removes what {@link #prepare} made, but for replica identities: others may count on those.
     *
     * @param connection in auto-commit, and again when this returns
     * @param unneeded asked while nobody can prepare
     * @return whether there is nothing of it now; false where somebody reads the slot or needs it
     */
    public static boolean drop(Connection connection, String namespace, BooleanSupplier unneeded)
            throws SQLException {
        return Slots.drop(
                connection,
                Capture.slot(namespace),
                unneeded,
                () -> {
                    Publications.drop(connection, Capture.publication(namespace));
                    Sql.run(
                            connection,
                            "DROP TABLE IF EXISTS " + Capture.signals(namespace).quoted());
                });
    }
}
