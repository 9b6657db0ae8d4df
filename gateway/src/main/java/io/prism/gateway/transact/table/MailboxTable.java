package io.prism.gateway.transact.table;

import io.prism.core.outbox.OutboxTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An outbox table, read as a list. Two columns beyond the outbox's contract give every row its
 * place, whoever inserts it: the transaction that does, and a number. Transactions get theirs in
 * the order in which they begin to write, so nothing can come before a row any more once no
 * transaction up to its own is under way; and only such rows are read.
 */
public final class MailboxTable {
    static final String TRANSACTION = "mailbox_transaction";
    static final String ROW = "mailbox_row";

    /** PostgreSQL cuts names at 63 bytes; an index must not be cut to another's name. */
    private static final int LONGEST_IN_INDEX_NAME = 50;

    private static final int FETCH = 50;
    private static final String READ =
            """
            SELECT id::text, topic, key, event_type, payload, headers::text, message_id,
                claim_check_id::text, payload_size, claim_check_sha256, claim_check_encoding,
                claim_check_key, created_at, published_at, mailbox_transaction, mailbox_row
            FROM {table}
            WHERE topic = ? AND (namespace = ? OR (? AND namespace IS NULL))
                AND mailbox_transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                AND (mailbox_transaction, mailbox_row) > (?, ?)
            ORDER BY mailbox_transaction, mailbox_row
            LIMIT ?\
            """;

    private MailboxTable() {}

    /**
     * A message in the mailbox; strings are as the database has them.
     *
     * @param id the message's, or else the row's
     * @param headers a JSON object
     * @param claim null where the payload is in the row
     */
    public record Row(
            String id,
            String topic,
            @Nullable String key,
            @Nullable String eventType,
            byte[] payload,
            String headers,
            @Nullable RowClaim claim,
            @Nullable Instant createdAt,
            @Nullable Instant publishedAt,
            Place place) {}

    /** The claim columns of a row. */
    public record RowClaim(
            String id,
            long size,
            @Nullable String sha256,
            @Nullable String encoding,
            @Nullable String key) {}

    /**
     * Some rows.
     *
     * @param more whether there are further ones already
     */
    public record Rows(List<Row> rows, boolean more) {}

    /**
     * What to read.
     *
     * @param unnamed whether rows that name no namespace belong to this one
     * @param most rows
     * @param bytes after so many of payload it is enough; the first row may have more
     */
    public record Request(
            OutboxTable table,
            String namespace,
            boolean unnamed,
            String topic,
            Place after,
            int most,
            long bytes) {

        /** The same from another place on. */
        public Request from(Place place) {
            return new Request(table, namespace, unnamed, topic, place, most, bytes);
        }
    }

    /**
     * Reads rows in their order.
     *
     * @param connection in a transaction
     */
    public static Rows read(Connection connection, Request request) throws SQLException {
        String sql = READ.replace("{table}", request.table().quoted());
        try (PreparedStatement query =
                Statements.prepare(
                        connection,
                        sql,
                        request.topic(),
                        request.namespace(),
                        request.unnamed(),
                        request.after().transaction(),
                        request.after().row(),
                        request.most() + 1)) {
            query.setFetchSize(FETCH);
            List<Row> rows = new ArrayList<>();
            long bytes = 0;
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    Row row = row(result);
                    bytes += row.payload().length;
                    boolean full = rows.size() == request.most();
                    if (full || !rows.isEmpty() && bytes > request.bytes()) {
                        return new Rows(rows, true);
                    }
                    rows.add(row);
                }
            }
            return new Rows(rows, false);
        }
    }

    private static Row row(ResultSet result) throws SQLException {
        String id = result.getString(1);
        String messageId = result.getString(7);
        return new Row(
                messageId == null ? id : messageId,
                result.getString(2),
                result.getString(3),
                result.getString(4),
                result.getBytes(5),
                result.getString(6),
                claim(result),
                time(result, 13),
                time(result, 14),
                new Place(result.getLong(15), result.getLong(16)));
    }

    private static @Nullable RowClaim claim(ResultSet result) throws SQLException {
        String id = result.getString(8);
        return id == null
                ? null
                : new RowClaim(
                        id,
                        result.getLong(9),
                        result.getString(10),
                        result.getString(11),
                        result.getString(12));
    }

    private static @Nullable Instant time(ResultSet result, int column) throws SQLException {
        OffsetDateTime time = result.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    /** The columns and the index, where they are not there. */
    static List<String> ddl(OutboxTable table) {
        return List.of(
                "ALTER TABLE "
                        + table.quoted()
                        + " ADD COLUMN IF NOT EXISTS "
                        + TRANSACTION
                        + " bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),"
                        + " ADD COLUMN IF NOT EXISTS "
                        + ROW
                        + " bigint GENERATED BY DEFAULT AS IDENTITY",
                "CREATE INDEX IF NOT EXISTS "
                        + OutboxTable.quote(index(table))
                        + " ON "
                        + table.quoted()
                        + " (topic, "
                        + TRANSACTION
                        + ", "
                        + ROW
                        + ")");
    }

    private static String index(OutboxTable table) {
        String name = table.name();
        return name.substring(0, Math.min(name.length(), LONGEST_IN_INDEX_NAME)) + "_mailbox";
    }
}
