package io.prism.connectors.debezium;

/**
 * What a connector that nobody needs leaves in a database.
 *
 * @param connector its name
 * @param database by the name that namespaces use
 * @param namespace whose changes it captured; empty where it read outboxes
 */
public record Leftover(String connector, String database, String namespace)
        implements Comparable<Leftover> {
    @Override
    public int compareTo(Leftover other) {
        return connector.compareTo(other.connector);
    }
}
