package io.prism.standalone.e2e;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks into a database as any SQL tool would. */
final class SqlLooker implements AutoCloseable {
    private final Connection connection;

    SqlLooker(String url, String user, String password) {
        try {
            this.connection = DriverManager.getConnection("jdbc:" + url, user, password);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    void run(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** The first column of every row. */
    List<String> column(String sql) {
        return rows(sql).stream().map(row -> String.valueOf(row.getFirst())).toList();
    }

    String one(String sql) {
        List<String> column = column(sql);
        if (column.size() != 1) {
            throw new AssertionError(sql + " has " + column.size() + " rows");
        }
        return column.getFirst();
    }

    long number(String sql) {
        return Long.parseLong(one(sql));
    }

    List<List<@Nullable String>> rows(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int width = result.getMetaData().getColumnCount();
            List<List<@Nullable String>> rows = new ArrayList<>();
            while (result.next()) {
                List<@Nullable String> row = new ArrayList<>();
                for (int i = 1; i <= width; i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
