package io.prism.connectors.debezium;

import io.prism.core.outbox.OutboxTable;
import java.util.List;

/**
 * The connector that reads outboxes: one a database.
 *
 * @param database by the name that namespaces use
 * @param tables the outboxes it reads; none where all namespaces of the database do without
 */
public record WantedConnector(String database, List<OutboxTable> tables) implements Wanted {
    public WantedConnector {
        tables = List.copyOf(tables);
    }

    @Override
    public String namespace() {
        return "";
    }

    @Override
    public String consumer() {
        return "";
    }

    @Override
    public String name() {
        return name(database);
    }

    /** The name of a database's connector. */
    public static String name(String database) {
        return PREFIX + database;
    }
}
