package io.prism.gateway.outbox.table;

import io.prism.core.claim.Claim;
import io.prism.core.database.Databases;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.record.RecordFormat;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Inserts a batch with one statement, which is a transaction of its own: insertion and commit are
 * one round trip, whatever the number of rows.
 */
final class JdbcRows implements JoiningSink {
    private static final String INSERT =
            """
            INSERT INTO {table} (id, namespace, topic, key, payload, headers, message_id, traceparent,
                claim_check_id, payload_size, claim_check_sha256, claim_check_encoding,
                claim_check_key, event_type)
            SELECT id::uuid, namespace, topic, key, payload, headers::jsonb, message_id, traceparent,
                claim_id::uuid, size, sha256, encoding, claim_key, event_type
            FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::text[], ?::text[],
                ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[])
                WITH ORDINALITY AS given (id, namespace, topic, key, payload, headers, message_id,
                traceparent, claim_id, size, sha256, encoding, claim_key, event_type, place)
            ORDER BY place
            ON CONFLICT (id) DO NOTHING
            RETURNING id, created_at, pg_current_wal_insert_lsn()::text\
            """;
    private static final String FIND =
            "SELECT id, created_at, claim_check_id FROM {table} WHERE id = ANY (?::uuid[])";

    /** A row may be there when it is inserted, and removed before it is looked at. */
    private static final int ROUNDS = 3;

    private final Databases databases;
    private final String database;
    private final OutboxTable table;
    private final String insert;
    private final String find;

    private record Found(Instant at, @Nullable UUID claim) {}

    JdbcRows(Databases databases, String database, OutboxTable table) {
        this.databases = databases;
        this.database = database;
        this.table = table;
        this.insert = INSERT.replace("{table}", table.quoted());
        this.find = FIND.replace("{table}", table.quoted());
    }

    @Override
    public List<Outcome> insert(List<NewRow> rows, boolean again) throws SQLException {
        try (Connection connection = databases.connect(database)) {
            @Nullable Outcome[] outcomes = new Outcome[rows.size()];
            List<Integer> open = new ArrayList<>();
            for (int i = 0; i < outcomes.length; i++) {
                open.add(i);
            }
            for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
                open = insert(connection, rows, open, again, outcomes);
            }
            open.forEach(i -> outcomes[i] = new Outcome.Refused(swallowed()));
            return List.of(outcomes);
        }
    }

    @Override
    public Committed join(Connection connection, NewRow row) throws SQLException {
        if (insert(connection, List.of(row)).get(row.id()) instanceof Outcome.Done done) {
            return done.committed();
        }
        throw swallowed();
    }

    /** Returns which rows are neither inserted nor there. */
    private List<Integer> insert(
            Connection connection,
            List<NewRow> rows,
            List<Integer> which,
            boolean again,
            @Nullable Outcome[] outcomes)
            throws SQLException {
        Map<UUID, Outcome> inserted = insert(connection, which.stream().map(rows::get).toList());
        List<Integer> conflicts = new ArrayList<>();
        for (int i : which) {
            // Of two rows with one id in a batch, the first is the one.
            Outcome done = inserted.remove(rows.get(i).id());
            if (done == null) {
                conflicts.add(i);
            } else {
                outcomes[i] = done;
            }
        }
        if (conflicts.isEmpty()) {
            return conflicts;
        }
        Map<UUID, Found> found =
                find(connection, conflicts.stream().map(i -> rows.get(i).id()).toList());
        List<Integer> open = new ArrayList<>();
        for (int i : conflicts) {
            NewRow row = rows.get(i);
            Found there = found.get(row.id());
            if (there == null) {
                open.add(i);
            } else {
                outcomes[i] = Outcome.done("", there.at(), isDuplicate(row, there, again));
            }
        }
        return open;
    }

    /** A row with this very claim was inserted by an earlier attempt at the same call. */
    private static boolean isDuplicate(NewRow row, Found there, boolean again) {
        Claim claim = row.claim();
        return row.idGiven() && (claim == null ? !again : !claim.id().equals(there.claim()));
    }

    private Map<UUID, Outcome> insert(Connection connection, List<NewRow> rows)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            List<Array> arrays =
                    List.of(
                            text(connection, rows, row -> row.id().toString()),
                            text(connection, rows, NewRow::namespace),
                            text(connection, rows, NewRow::topic),
                            text(connection, rows, NewRow::key),
                            array(connection, "bytea", rows, new byte[0][], JdbcRows::payload),
                            text(connection, rows, NewRow::headers),
                            text(connection, rows, NewRow::messageId),
                            text(connection, rows, NewRow::traceparent),
                            claim(connection, rows, claim -> claim.id().toString()),
                            array(connection, "int8", rows, new Long[0], JdbcRows::size),
                            claim(connection, rows, Claim::sha256),
                            claim(
                                    connection,
                                    rows,
                                    claim -> RecordFormat.encodingLabel(claim.encoding())),
                            claim(connection, rows, Claim::key),
                            text(connection, rows, NewRow::eventType));
            for (int i = 0; i < arrays.size(); i++) {
                statement.setArray(i + 1, arrays.get(i));
            }
            Map<UUID, Outcome> inserted = new HashMap<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    inserted.put(
                            result.getObject(1, UUID.class),
                            Outcome.done("pg:" + result.getString(3), time(result), false));
                }
            }
            return inserted;
        }
    }

    private Map<UUID, Found> find(Connection connection, List<UUID> ids) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(find)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "text", ids.stream().map(UUID::toString).toArray(String[]::new)));
            Map<UUID, Found> found = new HashMap<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    found.put(
                            result.getObject(1, UUID.class),
                            new Found(time(result), result.getObject(3, UUID.class)));
                }
            }
            return found;
        }
    }

    private static Instant time(ResultSet result) throws SQLException {
        return result.getObject(2, OffsetDateTime.class).toInstant();
    }

    private static byte[] payload(NewRow row) {
        return row.payload().toByteArray();
    }

    private static @Nullable Long size(NewRow row) {
        Claim claim = row.claim();
        return claim == null ? null : claim.size();
    }

    private static Array claim(
            Connection connection, List<NewRow> rows, Function<Claim, String> column)
            throws SQLException {
        return text(
                connection,
                rows,
                row -> {
                    Claim claim = row.claim();
                    return claim == null ? null : column.apply(claim);
                });
    }

    private static Array text(
            Connection connection, List<NewRow> rows, Function<NewRow, @Nullable String> column)
            throws SQLException {
        return array(connection, "text", rows, new String[0], column);
    }

    private static <T extends @Nullable Object> Array array(
            Connection connection,
            String type,
            List<NewRow> rows,
            T[] shape,
            Function<NewRow, T> column)
            throws SQLException {
        List<T> values = new ArrayList<>(rows.size());
        for (NewRow row : rows) {
            values.add(column.apply(row));
        }
        return connection.createArrayOf(type, values.toArray(shape));
    }

    private PrismException swallowed() {
        return new PrismException(
                        ErrorCode.DATABASE_REFUSED,
                        "table "
                                + table.label()
                                + " of database "
                                + database
                                + " took a row and does not have it: look for a trigger or a rule"
                                + " that drops rows")
                .with("table", table.label());
    }
}
