package io.prism.streams.outbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Locks of a database's sessions: one process at a time does a piece of work on a table. */
final class Locks {
    private Locks() {}

    /** Takes the lock for this session, if nobody else has it. */
    static boolean tryTake(Connection connection, String what) throws SQLException {
        return ask(connection, "SELECT pg_try_advisory_lock(hashtextextended(?, 0))", what);
    }

    static void giveBack(Connection connection, String what) throws SQLException {
        boolean unused = ask(connection, "SELECT pg_advisory_unlock(hashtextextended(?, 0))", what);
    }

    private static boolean ask(Connection connection, String sql, String what) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, what);
            try (ResultSet answer = query.executeQuery()) {
                return answer.next() && answer.getBoolean(1);
            }
        }
    }
}
