package io.prism.connectors.reconcile;

import io.prism.connectors.claimcheck.RealServers;
import io.prism.core.database.DatabaseConfig;
import io.prism.core.database.Databases;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.outbox.OutboxTopics;
import io.prism.core.outbox.Replication;
import io.prism.core.table.InternalTopic;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;

/** Kafka in this JVM and PostgreSQL beside it, with their data in a folder. */
final class Lab {
    /** What the Kafka cluster is called where slots say whose they are. */
    static final String CLUSTER = "lab";

    private final int kafkaPort = RealServers.freePort();
    private final KafkaRaftServer kafka;
    private final EmbeddedPostgres postgres;
    private final Databases databases;
    private final Admin admin;

    Lab(Path folder) throws Exception {
        kafka = RealServers.startKafka(Files.createDirectories(folder.resolve("kafka")), kafkaPort);
        postgres = startPostgres(folder.resolve("postgres"));
        databases =
                new Databases(
                        new DatabaseConfig(
                                Map.of(
                                        "postgres",
                                        new DatabaseConfig.Server(
                                                "postgresql://127.0.0.1:"
                                                        + postgres.getPort()
                                                        + "/postgres",
                                                "postgres",
                                                "postgres")),
                                true,
                                8),
                        "lab");
        admin = Admin.create(Map.of("bootstrap.servers", kafka()));
    }

    private static EmbeddedPostgres startPostgres(Path folder) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setPGStartupWait(Duration.ofSeconds(60))
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("wal_level", "logical")
                .setServerConfig("max_replication_slots", "30")
                .setServerConfig("max_wal_senders", "30")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("shared_buffers", "64MB")
                .setLocaleConfig("locale", "C")
                .setLocaleConfig("encoding", "UTF8")
                .start();
    }

    String kafka() {
        return "127.0.0.1:" + kafkaPort;
    }

    Databases databases() {
        return databases;
    }

    void ensure(InternalTopic topic) {
        topic.ensure(admin);
    }

    Connection connect(String database) {
        return databases.connect(database);
    }

    /** As a gateway does when its namespace opens. */
    void prepare(String database, OutboxTable... tables) throws SQLException {
        try (Connection connection = connect(database)) {
            Replication.prepare(connection, database, List.of(tables), Optional.of(CLUSTER));
        }
    }

    /** Inserts with SQL of its own, in the connection's transaction. */
    static void insert(Connection connection, OutboxTable table, String topic, byte[] payload)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        "INSERT INTO " + table.quoted() + " (topic, payload) VALUES (?, ?)")) {
            insert.setString(1, topic);
            insert.setBytes(2, payload);
            insert.executeUpdate();
        }
    }

    void execute(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row, or "none". */
    String ask(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "none";
        }
    }

    CapturedRows rows(String database) {
        return new CapturedRows(kafka(), OutboxTopics.rows(database).name());
    }

    void close() throws Exception {
        admin.close(Duration.ofSeconds(2));
        databases.close();
        postgres.close();
        kafka.shutdown();
        kafka.awaitShutdown();
    }
}
