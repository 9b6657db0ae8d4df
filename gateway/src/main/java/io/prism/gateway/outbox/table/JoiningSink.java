package io.prism.gateway.outbox.table;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Where rows go, by themselves or in a transaction of somebody else's. Thread-safe for the latter.
 */
interface JoiningSink extends RowSink {
    /**
     * Inserts a row whose id is new, on the caller's connection.
     *
     * @return what holds once the caller has committed
     */
    Committed join(Connection connection, NewRow row) throws SQLException;
}
