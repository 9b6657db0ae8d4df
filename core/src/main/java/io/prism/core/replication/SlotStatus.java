package io.prism.core.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * How far a database's log is read.
 *
 * @param active somebody reads it
 * @param retainedBytes log the server keeps for it
 * @param behindBytes log its reader has not confirmed
 * @param walStatus as in {@code pg_replication_slots}
 */
public record SlotStatus(
        String name, boolean active, long retainedBytes, long behindBytes, String walStatus) {
    private static final String QUERY =
            """
            SELECT active,
                coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0),
                coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0),
                coalesce(wal_status, 'lost')
            FROM pg_replication_slots
            WHERE slot_name = ? AND database = current_database()\
            """;

    /** Of a slot of the connection's database; empty if there is none of that name. */
    public static Optional<SlotStatus> of(Connection connection, String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setString(1, name);
            try (ResultSet slot = query.executeQuery()) {
                return slot.next()
                        ? Optional.of(
                                new SlotStatus(
                                        name,
                                        slot.getBoolean(1),
                                        slot.getLong(2),
                                        slot.getLong(3),
                                        slot.getString(4)))
                        : Optional.empty();
            }
        }
    }
}
