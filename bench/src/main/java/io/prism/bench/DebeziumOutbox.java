package io.prism.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * An outbox without Prism: a table, and Debezium's own outbox event router that takes its rows to a
 * topic. Blocks.
 */
final class DebeziumOutbox {
    private final Targets.Database database;
    private final String name;
    private final DebeziumConnector connector;

    /**
     * @param name of table and connector
     */
    DebeziumOutbox(Targets.Database database, String name) {
        this.database = database;
        this.name = name.replace('-', '_');
        this.connector = new DebeziumConnector(database, this.name);
    }

    Connection open() throws SQLException {
        return database.open();
    }

    /** Takes an id and a payload. */
    String insert() {
        return "INSERT INTO "
                + name
                + " (id, aggregatetype, aggregateid, type, payload)"
                + " VALUES (?, 'bench', '1', 'measured', ?)";
    }

    /**
     * Makes the table, and the connector that takes its rows to the topic; returns when it reads.
     */
    void make(String topic) throws SQLException, IOException, InterruptedException {
        try (Connection connection = open();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE "
                            + name
                            + " (id uuid PRIMARY KEY, aggregatetype text NOT NULL,"
                            + " aggregateid text NOT NULL, type text NOT NULL,"
                            + " payload bytea NOT NULL)");
        }
        connector.make(
                name,
                Map.of(
                        "binary.handling.mode",
                        "bytes",
                        "transforms",
                        "outbox",
                        "transforms.outbox.type",
                        "io.debezium.transforms.outbox.EventRouter",
                        "transforms.outbox.route.topic.replacement",
                        topic,
                        "key.converter",
                        "org.apache.kafka.connect.storage.StringConverter",
                        "value.converter",
                        "io.debezium.converters.BinaryDataConverter"));
    }

    /** Removes what is there of it. */
    void remove() throws SQLException, IOException, InterruptedException {
        connector.remove();
        try (Connection connection = open();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + name);
        }
    }
}
