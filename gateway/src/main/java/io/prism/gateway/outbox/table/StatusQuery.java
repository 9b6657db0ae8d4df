package io.prism.gateway.outbox.table;

import io.prism.core.database.Databases;
import io.prism.core.database.SqlErrors;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.outbox.Replication;
import io.prism.core.replication.SlotStatus;
import io.prism.core.spec.PatternSpec;
import io.prism.gateway.outbox.table.OutboxStatus.RefusedRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Asks a database about one namespace's outbox, in one transaction; blocks. */
final class StatusQuery {
    private static final int MOST_REFUSED = 10;

    /** Whose rows: the namespace's, and those that name none if they can be nobody else's. */
    private static final String MINE = " (namespace = ? OR (? AND namespace IS NULL)) ";

    private final Connection connection;
    private final OutboxTable table;
    private final String namespace;
    private final boolean alone;

    private StatusQuery(Connection connection, OutboxTable table, String namespace, boolean alone) {
        this.connection = connection;
        this.table = table;
        this.namespace = namespace;
        this.alone = alone;
    }

    /**
     * @param alone whether no other namespace writes to the table
     * @throws io.prism.core.error.PrismException why the database does not answer
     */
    static OutboxStatus ask(
            Databases databases, String namespace, PatternSpec.Outbox spec, boolean alone) {
        String mode = spec.publisher().mode().name().toLowerCase(Locale.ROOT);
        try (Connection connection = databases.connect(spec.database())) {
            Optional<SlotStatus> slot =
                    SlotStatus.of(connection, Replication.slot(spec.database()));
            if (OutboxTable.isNone(spec)) {
                return new OutboxStatus(
                        spec.database(), "", mode, 0, Optional.empty(), 0, List.of(), 0, 0, slot);
            }
            OutboxTable table = OutboxTable.of(spec);
            return new StatusQuery(connection, table, namespace, alone)
                    .counted(spec.database(), mode, slot);
        } catch (SQLException e) {
            throw SqlErrors.of(e, "asking for the outbox of namespace " + namespace);
        }
    }

    private OutboxStatus counted(String database, String mode, Optional<SlotStatus> slot)
            throws SQLException {
        try (PreparedStatement query =
                bound(
                        """
                        SELECT count(*) FILTER (WHERE published_at IS NULL AND error IS NULL),
                            min(created_at) FILTER (WHERE published_at IS NULL AND error IS NULL),
                            count(*) FILTER (WHERE error IS NOT NULL),
                            count(*) FILTER (WHERE published_at IS NOT NULL AND error IS NULL),
                            pg_total_relation_size('%s'::regclass)
                        FROM %s WHERE\
                        """
                                        .formatted(
                                                table.quoted().replace("'", "''"), table.quoted())
                                + MINE)) {
            try (ResultSet counts = query.executeQuery()) {
                counts.next();
                return new OutboxStatus(
                        database,
                        table.label(),
                        mode,
                        counts.getLong(1),
                        Optional.ofNullable(counts.getObject(2, OffsetDateTime.class))
                                .map(OffsetDateTime::toInstant),
                        counts.getLong(3),
                        refused(),
                        counts.getLong(4),
                        counts.getLong(5),
                        slot);
            }
        }
    }

    private List<RefusedRow> refused() throws SQLException {
        try (PreparedStatement query =
                        bound(
                                "SELECT id, topic, error, created_at FROM "
                                        + table.quoted()
                                        + " WHERE error IS NOT NULL AND"
                                        + MINE
                                        + "ORDER BY created_at DESC LIMIT "
                                        + MOST_REFUSED);
                ResultSet rows = query.executeQuery()) {
            List<RefusedRow> refused = new ArrayList<>();
            while (rows.next()) {
                Instant createdAt = rows.getObject(4, OffsetDateTime.class).toInstant();
                refused.add(
                        new RefusedRow(
                                rows.getString(1),
                                rows.getString(2),
                                rows.getString(3),
                                createdAt));
            }
            return refused;
        }
    }

    private PreparedStatement bound(String sql) throws SQLException {
        PreparedStatement query = connection.prepareStatement(sql);
        try {
            query.setString(1, namespace);
            query.setBoolean(2, alone);
            return query;
        } catch (SQLException e) {
            query.close();
            throw e;
        }
    }
}
