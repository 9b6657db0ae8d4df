package io.prism.connectors.debezium;

import io.prism.core.outbox.OutboxTable;
import java.util.List;

/**
 * A connector that namespaces need: one a database.
 *
 * @param database by the name that namespaces use
 * @param tables the outboxes it reads; none where all namespaces of the database do without
 */
public record WantedConnector(String database, List<OutboxTable> tables) {
    /** Before the database in the names of Prism's connectors. */
    public static final String PREFIX = "prism-";

    public WantedConnector {
        tables = List.copyOf(tables);
    }

    /** The connector's name. */
    public String name() {
        return name(database);
    }

    /** The name of a database's connector. */
    public static String name(String database) {
        return PREFIX + database;
    }
}
