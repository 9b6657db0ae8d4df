package io.prism.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.prism.core.database.DatabaseConfig.Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * An outbox without Prism: a table, and Debezium's own outbox event router that takes its rows to a
 * topic, on the same Connect worker and with the same polling as Prism's connector. Blocks.
 */
final class DebeziumOutbox {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final long GLANCE_MILLIS = 100;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final int NOT_FOUND = 404;

    private final Server database;
    private final URI connect;
    private final String name;

    /**
     * @param connect a worker's REST interface
     * @param name of connector, table, slot and publication
     */
    DebeziumOutbox(Server database, URI connect, String name) {
        this.database = database;
        this.connect = connect;
        this.name = name.replace('-', '_');
    }

    Connection open() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:" + database.url(), database.user(), database.password());
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
            HttpResponse<String> made =
                    send(
                            HttpRequest.newBuilder(
                                            connect.resolve("connectors/" + name + "/config"))
                                    .header("Content-Type", "application/json")
                                    .PUT(
                                            HttpRequest.BodyPublishers.ofString(
                                                    new ObjectMapper()
                                                            .writeValueAsString(config(topic)))));
            if (made.statusCode() != CREATED) {
                throw new BenchException("Connect refuses the event router: " + made.body());
            }
            awaitSlot(
                    statement,
                    "SELECT 1 FROM pg_replication_slots WHERE active AND slot_name = '"
                            + name
                            + "'");
        }
    }

    private Map<String, String> config(String topic) {
        URI url = URI.create(database.url());
        Map<String, String> config = new TreeMap<>();
        config.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        config.put("tasks.max", "1");
        config.put("topic.prefix", name);
        config.put("database.hostname", url.getHost());
        config.put("database.port", Integer.toString(url.getPort()));
        config.put("database.dbname", url.getPath().substring(1));
        config.put("database.user", database.user());
        config.put("database.password", database.password());
        config.put("plugin.name", "pgoutput");
        config.put("slot.name", name);
        config.put("publication.name", name);
        config.put("publication.autocreate.mode", "filtered");
        config.put("table.include.list", "public\\." + name);
        config.put("snapshot.mode", "no_data");
        config.put("poll.interval.ms", "10");
        config.put("binary.handling.mode", "bytes");
        config.put("tombstones.on.delete", "false");
        config.put("transforms", "outbox");
        config.put("transforms.outbox.type", "io.debezium.transforms.outbox.EventRouter");
        config.put("transforms.outbox.route.topic.replacement", topic);
        config.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
        config.put("value.converter", "io.debezium.converters.BinaryDataConverter");
        config.put("producer.override.acks", "all");
        config.put("producer.override.enable.idempotence", "true");
        config.put("producer.override.linger.ms", "0");
        return config;
    }

    private static void awaitSlot(Statement statement, String question)
            throws SQLException, InterruptedException {
        long last = System.nanoTime() + READY_WITHIN.toNanos();
        while (true) {
            try (ResultSet found = statement.executeQuery(question)) {
                if (found.next()) {
                    return;
                }
            }
            if (System.nanoTime() - last > 0) {
                throw new BenchException(
                        "a replication slot was not as expected within "
                                + READY_WITHIN.toSeconds()
                                + " s: "
                                + question);
            }
            Thread.sleep(GLANCE_MILLIS);
        }
    }

    /** Removes what is there of it. */
    void remove() throws SQLException, IOException, InterruptedException {
        HttpResponse<String> removed =
                send(HttpRequest.newBuilder(connect.resolve("connectors/" + name)).DELETE());
        if (removed.statusCode() != NO_CONTENT && removed.statusCode() != NOT_FOUND) {
            throw new IOException("Connect does not delete " + name + ": " + removed.body());
        }
        try (Connection connection = open();
                Statement statement = connection.createStatement()) {
            awaitSlot(
                    statement,
                    "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_replication_slots"
                            + " WHERE active AND slot_name = '"
                            + name
                            + "')");
            statement.execute(
                    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                            + " WHERE slot_name = '"
                            + name
                            + "'");
            statement.execute("DROP PUBLICATION IF EXISTS " + name);
            statement.execute("DROP TABLE IF EXISTS " + name);
        }
    }

    private static HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
