package io.prism.connectors.reconcile;

import io.prism.connectors.debezium.WantedConnector;
import io.prism.core.database.Databases;
import io.prism.core.database.SqlErrors;
import io.prism.core.outbox.OutboxTopics;
import io.prism.core.outbox.Replication;
import io.prism.core.table.InternalTopic;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** In Kafka and PostgreSQL. */
final class PostgresSide implements DatabaseSide {
    private static final Logger log = LoggerFactory.getLogger(PostgresSide.class);

    private final Databases databases;
    private final Consumer<InternalTopic> topics;

    /**
     * @param topics makes a topic where it is not there
     */
    PostgresSide(Databases databases, Consumer<InternalTopic> topics) {
        this.databases = databases;
        this.topics = topics;
    }

    @Override
    public void prepare(WantedConnector wanted) {
        topics.accept(OutboxTopics.rows(wanted.database()));
        try (Connection connection = databases.connect(wanted.database())) {
            Replication.prepare(connection, wanted.database(), wanted.tables());
        } catch (SQLException e) {
            throw SqlErrors.of(e, "preparing database " + wanted.database());
        }
    }

    @Override
    public boolean drop(String database, BooleanSupplier unneeded) {
        if (!databases.knows(database)) {
            return true;
        }
        AtomicBoolean gone = new AtomicBoolean();
        try (Connection connection = databases.connect(database)) {
            Replication.locked(
                    connection, () -> gone.set(dropLocked(connection, database, unneeded)));
        } catch (SQLException e) {
            throw SqlErrors.of(e, "dropping slot " + Replication.slot(database));
        }
        return gone.get();
    }

    private static boolean dropLocked(
            Connection connection, String database, BooleanSupplier unneeded) throws SQLException {
        Optional<Boolean> active = active(connection, database);
        if (active.isEmpty()) {
            return true;
        }
        if (active.get() || !unneeded.getAsBoolean()) {
            return false;
        }
        drop(connection, database);
        log.atInfo()
                .setMessage("slot and publication dropped: no namespace needs them any more")
                .addKeyValue("database", database)
                .log();
        return true;
    }

    /** Whether somebody reads the slot; empty if there is none. */
    private static Optional<Boolean> active(Connection connection, String database)
            throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT active FROM pg_replication_slots WHERE slot_name = ?"
                                + " AND database = current_database()")) {
            query.setString(1, Replication.slot(database));
            try (ResultSet slot = query.executeQuery()) {
                return slot.next() ? Optional.of(slot.getBoolean(1)) : Optional.empty();
            }
        }
    }

    private static void drop(Connection connection, String database) throws SQLException {
        try (PreparedStatement slot =
                        connection.prepareStatement("SELECT pg_drop_replication_slot(?)");
                Statement publication = connection.createStatement()) {
            slot.setString(1, Replication.slot(database));
            slot.execute();
            publication.execute("DROP PUBLICATION IF EXISTS " + Replication.PUBLICATION);
        }
    }
}
