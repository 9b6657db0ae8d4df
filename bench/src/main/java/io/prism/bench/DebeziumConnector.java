package io.prism.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.prism.core.database.DatabaseConfig.Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Debezium without Prism, on the same Connect worker and with the same polling as Prism's
 * connectors: reads one table of a database from a slot and a publication of its own. Blocks.
 */
final class DebeziumConnector {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final long GLANCE_MILLIS = 100;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final int NOT_FOUND = 404;

    private final Targets.Database database;
    private final String name;

    /**
     * @param name of connector, slot and publication; lower-case letters, digits and {@code _}
     */
    DebeziumConnector(Targets.Database database, String name) {
        this.database = database;
        this.name = name;
    }

    private URI rest(String path) {
        return database.connect().resolve("connectors/" + name + path);
    }

    /**
     * Makes it; returns when it reads.
     *
     * @param table in schema public; there already
     * @param more settings, for what becomes of the changes
     */
    void make(String table, Map<String, String> more)
            throws SQLException, IOException, InterruptedException {
        Map<String, String> config = reading(table);
        config.putAll(more);
        HttpResponse<String> made =
                send(
                        HttpRequest.newBuilder(rest("/config"))
                                .header("Content-Type", "application/json")
                                .PUT(
                                        HttpRequest.BodyPublishers.ofString(
                                                new ObjectMapper().writeValueAsString(config))));
        if (made.statusCode() != CREATED) {
            throw new BenchException("Connect refuses connector " + name + ": " + made.body());
        }
        try (Connection connection = database.open();
                Statement statement = connection.createStatement()) {
            awaitSlot(
                    statement,
                    "SELECT 1 FROM pg_replication_slots WHERE active AND slot_name = '"
                            + name
                            + "'");
        }
    }

    private Map<String, String> reading(String table) {
        Server server = database.server();
        URI url = URI.create(server.url());
        Map<String, String> config = new TreeMap<>();
        config.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        config.put("tasks.max", "1");
        config.put("topic.prefix", name);
        config.put("database.hostname", url.getHost());
        config.put("database.port", Integer.toString(url.getPort()));
        config.put("database.dbname", url.getPath().substring(1));
        config.put("database.user", server.user());
        config.put("database.password", server.password());
        config.put("plugin.name", "pgoutput");
        config.put("slot.name", name);
        config.put("publication.name", name);
        config.put("publication.autocreate.mode", "filtered");
        config.put("table.include.list", "public\\." + table);
        config.put("snapshot.mode", "no_data");
        config.put("poll.interval.ms", "10");
        config.put("tombstones.on.delete", "false");
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
        HttpResponse<String> removed = send(HttpRequest.newBuilder(rest("")).DELETE());
        if (removed.statusCode() != NO_CONTENT && removed.statusCode() != NOT_FOUND) {
            throw new IOException("Connect does not delete " + name + ": " + removed.body());
        }
        try (Connection connection = database.open();
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
