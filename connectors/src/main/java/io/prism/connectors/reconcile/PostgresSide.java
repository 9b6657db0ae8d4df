package io.prism.connectors.reconcile;

import io.prism.connectors.debezium.Leftover;
import io.prism.connectors.debezium.Wanted;
import io.prism.connectors.debezium.WantedCapture;
import io.prism.connectors.debezium.WantedConnector;
import io.prism.connectors.debezium.WantedConsumer;
import io.prism.core.cdc.Capture;
import io.prism.core.cdc.CaptureMark;
import io.prism.core.cdc.CaptureSchema;
import io.prism.core.database.DatabaseConfig;
import io.prism.core.database.Databases;
import io.prism.core.database.Sql;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxMark;
import io.prism.core.outbox.OutboxTopics;
import io.prism.core.outbox.Replication;
import io.prism.core.table.InternalTopic;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** In Kafka and PostgreSQL. */
final class PostgresSide implements DatabaseSide {
    private static final Logger log = LoggerFactory.getLogger(PostgresSide.class);

    private final Databases databases;
    private final Consumer<InternalTopic> topics;
    private final Supplier<String> cluster;

    /**
     * @param topics makes a topic where it is not there
     * @param cluster the Kafka cluster's id; blocks
     */
    PostgresSide(Databases databases, Consumer<InternalTopic> topics, Supplier<String> cluster) {
        this.databases = databases;
        this.topics = topics;
        this.cluster = cluster;
    }

    @Override
    public void prepare(Wanted wanted) {
        switch (wanted) {
            case WantedConnector outboxes -> {
                topics.accept(OutboxTopics.rows(outboxes.database()));
                with(
                        wanted.database(),
                        connection ->
                                Replication.prepare(
                                        connection,
                                        outboxes.database(),
                                        outboxes.tables(),
                                        Optional.of(cluster.get())));
            }
            case WantedCapture capture -> {
                topics.accept(capture.capture().changes());
                with(
                        wanted.database(),
                        connection ->
                                CaptureSchema.prepare(
                                        connection, capture.capture(), cluster.get()));
            }
            case WantedConsumer consumer -> topics.accept(consumer.capture().changes());
        }
    }

    /** Something to do with a connection. */
    private interface Work {
        void on(Connection connection);
    }

    private void with(String database, Work work) {
        try (Connection connection = databases.connect(database)) {
            work.on(connection);
        } catch (SQLException e) {
            throw SqlErrors.of(e, "preparing database " + database);
        }
    }

    @Override
    public boolean drop(Leftover leftover, BooleanSupplier unneeded) {
        String database = leftover.database();
        if (!databases.knows(database)) {
            return true;
        }
        boolean gone;
        try (Connection connection = databases.connect(database)) {
            gone =
                    leftover.namespace().isEmpty()
                            ? Replication.drop(connection, database, unneeded)
                            : CaptureSchema.drop(connection, leftover.namespace(), unneeded);
        } catch (SQLException e) {
            throw SqlErrors.of(e, "dropping slot " + slot(leftover));
        }
        if (gone) {
            log.atInfo()
                    .setMessage("slot and publication dropped: no namespace needs them any more")
                    .addKeyValue("database", database)
                    .addKeyValue("slot", slot(leftover))
                    .log();
        }
        return gone;
    }

    private static String slot(Leftover leftover) {
        return leftover.namespace().isEmpty()
                ? Replication.slot(leftover.database())
                : Capture.slot(leftover.namespace());
    }

    @Override
    public List<Leftover> idle() {
        String owner = cluster.get();
        List<Leftover> idle = new ArrayList<>();
        Set<String> names = new TreeSet<>(databases.names());
        if (names.contains(DatabaseConfig.DEFAULT)) {
            names.addAll(beside());
        }
        for (String name : names) {
            try (Connection connection = databases.connect(name)) {
                if (new OutboxMark(owner, name).isIdle(connection)) {
                    idle.add(new Leftover(WantedConnector.name(name), name, ""));
                }
                for (String namespace : CaptureMark.idle(connection, owner)) {
                    idle.add(new Leftover(Capture.connector(namespace), name, namespace));
                }
            } catch (SQLException | PrismException e) {
                away(name, e);
            }
        }
        return idle;
    }

    /** Those that were made when they were needed, where PostgreSQL is embedded. */
    private List<String> beside() {
        try (Connection connection = databases.connect(DatabaseConfig.DEFAULT)) {
            return Sql.all(
                            connection,
                            "SELECT DISTINCT database FROM pg_replication_slots"
                                    + " WHERE database IS NOT NULL")
                    .stream()
                    .filter(databases::knows)
                    .toList();
        } catch (SQLException | PrismException e) {
            away(DatabaseConfig.DEFAULT, e);
            return List.of();
        }
    }

    private static void away(String database, Exception problem) {
        log.atDebug()
                .setMessage("a database cannot be asked for slots that nobody reads")
                .addKeyValue("database", database)
                .setCause(problem)
                .log();
    }
}
