package io.prism.core.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Statements with text parameters, and their first column. */
public final class Sql {
    private Sql() {}

    /** Something to do with a database. */
    public interface Work {
        void run() throws SQLException;
    }

    /**
     * Runs in one transaction, all of it or nothing.
     *
     * @param connection in auto-commit, and again when this returns or throws
     */
    public static void transaction(Connection connection, Work work) throws SQLException {
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

    /** Runs a statement. */
    public static void run(Connection connection, String sql, String... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, parameters)) {
            statement.execute();
        }
    }

    /** Whether a query has a row. */
    public static boolean exists(Connection connection, String sql, String... parameters)
            throws SQLException {
        return !all(connection, sql, parameters).isEmpty();
    }

    /** The first row's first column; there must be one. */
    public static String first(Connection connection, String sql, String... parameters)
            throws SQLException {
        return all(connection, sql, parameters).getFirst();
    }

    /** The first column of every row. */
    public static List<String> all(Connection connection, String sql, String... parameters)
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
