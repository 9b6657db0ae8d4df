package io.prism.gateway.pattern;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A pattern that keeps messages in a database, and can make one part of a transaction there. Such a
 * message has an end of the caller's ({@link Outgoing#withEnd}) when it enters the chain, so that
 * whatever else the chain does with it comes before the transaction.
 */
public interface TransactionJoiner {
    /**
     * Inserts a message on the caller's connection.
     *
     * @param message as it came to the end of the chain
     * @return what holds once the caller has committed
     */
    Receipt join(Connection connection, Outgoing message, @Nullable String eventType)
            throws SQLException;

    /** Counts messages that {@link #join joined} a transaction, once that is committed. */
    void joined(int messages);
}
