package io.prism.standalone.cli.client.demo;

import io.prism.core.database.DatabaseConfig.Server;
import io.prism.core.database.DatabaseUrl;
import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.console.ExitCode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** A database as an application has it that knows nothing of Prism. Used by one thread. */
public final class PostgresView implements AutoCloseable {
    private final Connection connection;

    /**
     * @param url with credentials, as {@code prism env} says it
     */
    PostgresView(String url) {
        try {
            Server server = DatabaseUrl.parse(url).server(Optional.empty(), Optional.empty());
            this.connection =
                    DriverManager.getConnection(
                            "jdbc:" + server.url(), server.user(), server.password());
            connection.setAutoCommit(false);
        } catch (IllegalArgumentException | SQLException e) {
            throw refused(e);
        }
    }

    /** What an application does in a transaction of its own. */
    interface Work {
        void run(Connection connection) throws SQLException;
    }

    /** One statement of a work. */
    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Commits what the work did. */
    void commit(Work work) {
        try {
            work.run(connection);
            connection.commit();
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /** Does the work, and then changes its mind. */
    void rollBack(Work work) {
        try {
            work.run(connection);
            connection.rollback();
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private static CommandFailure refused(Exception e) {
        return new CommandFailure(ExitCode.UNREACHABLE, "PostgreSQL refuses: " + e.getMessage(), e);
    }

    /** What was not committed is rolled back by the server. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw refused(e);
        }
    }
}
