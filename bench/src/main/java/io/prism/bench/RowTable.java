package io.prism.bench;

import io.prism.bench.load.ReaderRows;
import io.prism.bench.load.RowTexts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** A table of rows with ids from 1, all of version 0 at first. Blocks. */
final class RowTable {
    private final Targets.Database database;
    private final String name;
    private final RowTexts texts;

    /**
     * @param name {@code -} becomes {@code _}
     */
    RowTable(Targets.Database database, String name, RowTexts texts) {
        this.database = database;
        this.name = name.replace('-', '_');
        this.texts = texts;
    }

    String name() {
        return name;
    }

    RowTexts texts() {
        return texts;
    }

    /** As a namespace's collection. */
    ReaderRows rows() {
        return new ReaderRows(name, texts);
    }

    /** A connection of its own, in auto-commit. */
    Connection open() throws SQLException {
        return database.open();
    }

    /** Takes an id. */
    String select() {
        return "SELECT id, version, body FROM " + name + " WHERE id = ?";
    }

    /** Takes a version and an id. */
    String update() {
        return "UPDATE " + name + " SET version = ? WHERE id = ?";
    }

    /** Makes it with so many rows, and leaves nothing for the readers to tidy up. */
    void make(long rows) throws SQLException {
        try (Connection connection = open();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE "
                            + name
                            + " (id bigint PRIMARY KEY, version bigint NOT NULL,"
                            + " body text NOT NULL)");
            try (PreparedStatement fill =
                    connection.prepareStatement(
                            "INSERT INTO "
                                    + name
                                    + " SELECT i, 0, lpad(i::text, "
                                    + RowTexts.ID
                                    + ", '0') || ? FROM generate_series(1, ?) i")) {
                fill.setString(1, texts.filling());
                fill.setLong(2, rows);
                fill.executeUpdate();
            }
            statement.execute("VACUUM (ANALYZE) " + name);
        }
    }

    /** Row to version, of the rows that were changed. */
    Map<Long, Long> versions() throws SQLException {
        try (Connection connection = open();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT id, version FROM " + name + " WHERE version > 0")) {
            Map<Long, Long> versions = new HashMap<>();
            while (rows.next()) {
                versions.put(rows.getLong(1), rows.getLong(2));
            }
            return versions;
        }
    }

    /** One that is not there is fine. */
    void remove() throws SQLException {
        try (Connection connection = open();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + name);
        }
    }
}
