package io.prism.gateway.outbox.table;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Statements with text parameters, and their first column. */
final class Sql {
    private Sql() {}

    /** Something to do with a database. */
    interface Work {
        void run() throws SQLException;
    }

    /**
     * Runs in one transaction, all of it or nothing.
     *
     * @param connection in auto-commit, and again when this returns or throws
     */
    static void transaction(Connection connection, Work work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            work.run();
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            try {
                connection.rollback();
                connection.setAutoCommit(true);
            } catch (SQLException gone) {
                e.addSuppressed(gone);
            }
            throw e;
        }
        connection.setAutoCommit(true);
    }

    static void run(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, parameters)) {
            statement.execute();
        }
    }

    static boolean exists(Connection connection, String sql, String... parameters)
            throws SQLException {
        return !all(connection, sql, parameters).isEmpty();
    }

    static String first(Connection connection, String sql, String... parameters)
            throws SQLException {
        return all(connection, sql, parameters).getFirst();
    }

    static List<String> all(Connection connection, String sql, String... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
            return values;
        }
    }

    private static PreparedStatement prepared(
            Connection connection, String sql, String... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setString(i + 1, parameters[i]);
        }
        return statement;
    }
}
