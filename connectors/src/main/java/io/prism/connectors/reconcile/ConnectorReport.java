package io.prism.connectors.reconcile;

/**
 * How a database's connector does.
 *
 * @param state Connect's word, or UNKNOWN while that cannot be asked
 * @param error why it does not run, in a line; empty if it does
 */
public record ConnectorReport(String database, String connector, String state, String error) {}
