package io.prism.connectors.reconcile;

import io.prism.connectors.debezium.Wanted;

/**
 * How a connector does.
 *
 * @param database whose it is
 * @param namespace the one that it is for; empty where it is for all of the database
 * @param consumer the consumer that it is; empty where it captures
 * @param state Connect's word, or UNKNOWN while that cannot be asked
 * @param error why it does not run, in a line; empty if it does
 */
public record ConnectorReport(
        String database,
        String namespace,
        String consumer,
        String connector,
        String state,
        String error) {
    /** Of a database's connector. */
    public ConnectorReport(String database, String connector, String state, String error) {
        this(database, "", "", connector, state, error);
    }

    static ConnectorReport of(Wanted wanted, String state, String error) {
        return new ConnectorReport(
                wanted.database(),
                wanted.namespace(),
                wanted.consumer(),
                wanted.name(),
                state,
                error);
    }
}
