package io.prism.streams.outbox;

import io.prism.core.error.ErrorCode;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.outbox.OutboxTable;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** The statements that work on an outbox table. Each is a transaction of its own. */
final class TableRows {
    /** A batch ends with the row that makes it larger than this. */
    private static final long MAX_BYTES = 8 << 20;

    /** What a topic of rows takes, less room for the head. */
    static final int MAX_PAYLOAD = (16 << 20) - (512 << 10);

    private static final int FETCH = 50;
    private static final String OPEN = "published_at IS NULL AND error IS NULL";
    private static final String COLUMNS =
            "id, namespace, topic, key, event_type, payload, headers::text AS headers, message_id,"
                    + " traceparent, claim_check_id::text AS claim_id, payload_size::text AS"
                    + " claim_size, claim_check_sha256, claim_check_encoding, claim_check_key,"
                    + " created_at";

    private final OutboxTable table;

    TableRows(OutboxTable table) {
        this.table = table;
    }

    /** From a row's own words. */
    static TableRows of(String label) {
        int dot = label.indexOf('.');
        return new TableRows(
                dot < 0
                        ? new OutboxTable(OutboxTable.DEFAULT_SCHEMA, label)
                        : new OutboxTable(label.substring(0, dot), label.substring(dot + 1)));
    }

    OutboxTable table() {
        return table;
    }

    /** Marks rows as published; those that are already stay as they are. */
    int stamp(Connection connection, Collection<UUID> ids) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        "UPDATE "
                                + table.quoted()
                                + " SET published_at = now(), error = NULL"
                                + " WHERE id = ANY(?) AND published_at IS NULL")) {
            update.setArray(1, uuids(connection, ids));
            return update.executeUpdate();
        }
    }

    /** Says of rows why they cannot be published; of those that were, nothing. */
    int mark(Connection connection, Map<UUID, String> errors) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        "UPDATE "
                                + table.quoted()
                                + " AS t SET error = dead.error"
                                + " FROM unnest(?::uuid[], ?::text[]) AS dead (id, error)"
                                + " WHERE t.id = dead.id AND t.published_at IS NULL")) {
            List<UUID> ids = List.copyOf(errors.keySet());
            update.setArray(1, uuids(connection, ids));
            update.setArray(
                    2, connection.createArrayOf("text", ids.stream().map(errors::get).toArray()));
            return update.executeUpdate();
        }
    }

    /** Removes up to so many rows that were published longer ago than that. */
    int remove(Connection connection, Duration retention, int limit) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement(
                        "DELETE FROM "
                                + table.quoted()
                                + " WHERE id IN (SELECT id FROM "
                                + table.quoted()
                                + " WHERE published_at < now() - make_interval(secs => ?)"
                                + " ORDER BY published_at LIMIT ? FOR UPDATE SKIP LOCKED)")) {
            delete.setDouble(1, retention.toMillis() / 1000.0);
            delete.setInt(2, limit);
            return delete.executeUpdate();
        }
    }

    /** Those of the rows that are neither published nor dead. */
    Set<UUID> stillOpen(Connection connection, Collection<UUID> ids) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT id FROM " + table.quoted() + " WHERE id = ANY(?) AND " + OPEN)) {
            query.setArray(1, uuids(connection, ids));
            return ids(query);
        }
    }

    /** The oldest rows that are neither published nor dead and were inserted before that. */
    Set<UUID> openFor(Connection connection, Duration time, int limit) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT id FROM "
                                + table.quoted()
                                + " WHERE "
                                + OPEN
                                + " AND created_at < now() - make_interval(secs => ?)"
                                + " ORDER BY created_at LIMIT ?")) {
            query.setDouble(1, time.toMillis() / 1000.0);
            query.setInt(2, limit);
            return ids(query);
        }
    }

    private static Set<UUID> ids(PreparedStatement query) throws SQLException {
        Set<UUID> ids = new TreeSet<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getObject(1, UUID.class));
            }
        }
        return ids;
    }

    /**
     * Reads open rows in the order in which they were inserted, as far as their times say.
     *
     * @param except those to leave out
     * @return fewer than the limit if they are large
     */
    List<OutboxRow> open(Connection connection, Collection<UUID> except, int limit)
            throws SQLException {
        return read(connection, "id <> ALL(?)", except, limit);
    }

    /** Reads those of the rows that are still open, in the same order. */
    List<OutboxRow> open(Connection connection, Collection<UUID> ids) throws SQLException {
        return read(connection, "id = ANY(?)", ids, ids.size());
    }

    private List<OutboxRow> read(
            Connection connection, String which, Collection<UUID> ids, int limit)
            throws SQLException {
        connection.setAutoCommit(false); // or the driver reads all of them into memory
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT "
                                + COLUMNS
                                + " FROM "
                                + table.quoted()
                                + " WHERE "
                                + OPEN
                                + " AND "
                                + which
                                + " ORDER BY created_at, ctid LIMIT ?")) {
            query.setArray(1, uuids(connection, ids));
            query.setInt(2, limit);
            query.setFetchSize(FETCH);
            List<OutboxRow> found = new ArrayList<>();
            long bytes = 0;
            try (ResultSet rows = query.executeQuery()) {
                while (bytes < MAX_BYTES && rows.next()) {
                    OutboxRow row = row(rows);
                    bytes += row.payload().length;
                    found.add(row);
                }
            }
            return found;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private OutboxRow row(ResultSet row) throws SQLException {
        OffsetDateTime created = row.getObject("created_at", OffsetDateTime.class);
        byte[] payload = row.getBytes("payload");
        return new OutboxRow(
                row.getObject("id", UUID.class),
                table.label(),
                row.getString("namespace"),
                row.getString("topic"),
                row.getString("key"),
                row.getString("event_type"),
                payload == null ? new byte[0] : payload,
                row.getString("headers"),
                row.getString("message_id"),
                row.getString("traceparent"),
                row.getString("claim_id"),
                row.getString("claim_size"),
                row.getString("claim_check_sha256"),
                row.getString("claim_check_encoding"),
                row.getString("claim_check_key"),
                created == null ? null : created.toInstant());
    }

    /** Why the relay could not even be handed this row; empty if it can. */
    static String tooLarge(OutboxRow row) {
        return row.payload().length <= MAX_PAYLOAD
                ? ""
                : ErrorCode.PAYLOAD_TOO_LARGE
                        + ": the row's payload has "
                        + row.payload().length
                        + " bytes, at most "
                        + MAX_PAYLOAD
                        + " can be relayed";
    }

    private static Array uuids(Connection connection, Collection<UUID> ids) throws SQLException {
        return connection.createArrayOf("uuid", new TreeSet<>(ids).toArray());
    }
}
