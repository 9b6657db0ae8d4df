package io.prism.gateway.outbox.table;

import io.prism.core.claim.Claim;
import io.prism.core.database.Databases;
import io.prism.core.outbox.OutboxMessage;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.record.RecordFormat;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes rows into the write-ahead log only, and into no table. Nothing remembers them there: one
 * that is written twice has the same id both times, by which the relay knows it.
 */
final class JdbcMessages implements JoiningSink {
    private static final String EMIT =
            "SELECT pg_logical_emit_message(true, '"
                    + OutboxMessage.PREFIX
                    + "', content)::text FROM unnest(?::bytea[]) WITH ORDINALITY"
                    + " AS given (content, place) ORDER BY place";

    private final Databases databases;
    private final String database;
    private final Clock clock;

    JdbcMessages(Databases databases, String database, Clock clock) {
        this.databases = databases;
        this.database = database;
        this.clock = clock;
    }

    @Override
    public List<Outcome> insert(List<NewRow> rows, boolean again) throws SQLException {
        try (Connection connection = databases.connect(database)) {
            return emit(connection, rows).stream().<Outcome>map(Outcome.Done::new).toList();
        }
    }

    @Override
    public Committed join(Connection connection, NewRow row) throws SQLException {
        return emit(connection, List.of(row)).getFirst();
    }

    private List<Committed> emit(Connection connection, List<NewRow> rows) throws SQLException {
        Instant now = clock.instant();
        byte[][] contents =
                rows.stream()
                        .map(row -> OutboxMessage.of(message(row, now)).encode())
                        .toArray(byte[][]::new);
        try (PreparedStatement statement = connection.prepareStatement(EMIT)) {
            statement.setArray(1, connection.createArrayOf("bytea", contents));
            List<Committed> emitted = new ArrayList<>(rows.size());
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    emitted.add(new Committed("pg:" + result.getString(1), now, false));
                }
            }
            return emitted;
        }
    }

    private static OutboxRow message(NewRow row, Instant now) {
        Claim claim = row.claim();
        return new OutboxRow(
                row.id(),
                "",
                row.namespace(),
                row.topic(),
                row.key(),
                row.eventType(),
                row.payload().toByteArray(),
                row.headers(),
                row.messageId(),
                row.traceparent(),
                claim == null ? null : claim.id().toString(),
                claim == null ? null : Long.toString(claim.size()),
                claim == null ? null : claim.sha256(),
                claim == null ? null : RecordFormat.encodingLabel(claim.encoding()),
                claim == null ? null : claim.key(),
                now);
    }
}
