package io.prism.gateway.transact.table;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** How far each consumer has processed each mailbox, in the mailbox's own database. */
public final class MailboxPositions {
    static final String NAME = "public.prism_mailbox";

    static final String DDL =
            """
            CREATE TABLE IF NOT EXISTS public.prism_mailbox (
                namespace text NOT NULL,
                topic text NOT NULL,
                consumer text NOT NULL,
                at_transaction bigint NOT NULL,
                at_row bigint NOT NULL,
                updated_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (namespace, topic, consumer)
            )\
            """;

    private static final String FIND =
            "SELECT at_transaction, at_row FROM public.prism_mailbox"
                    + " WHERE namespace = ? AND topic = ? AND consumer = ?";
    private static final String BEGIN =
            "INSERT INTO public.prism_mailbox (namespace, topic, consumer, at_transaction, at_row)"
                    + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    private static final String MOVE =
            "UPDATE public.prism_mailbox SET at_transaction = ?, at_row = ?, updated_at = now()"
                    + " WHERE namespace = ? AND topic = ? AND consumer = ?"
                    + " AND at_transaction = ? AND at_row = ?";

    private MailboxPositions() {}

    /** Whose position it is. */
    public record Reader(String namespace, String topic, String consumer) {}

    /** {@link Place#START} of one who has processed nothing. */
    public static Place find(Connection connection, Reader reader) throws SQLException {
        try (PreparedStatement query =
                        Statements.prepare(
                                connection,
                                FIND,
                                reader.namespace(),
                                reader.topic(),
                                reader.consumer());
                ResultSet result = query.executeQuery()) {
            return result.next() ? new Place(result.getLong(1), result.getLong(2)) : Place.START;
        }
    }

    /**
     * Moves a consumer on. Waits for another transaction that does and is not decided yet.
     *
     * @return false if it is not, or no more, where it is moved from
     */
    public static boolean move(Connection connection, Reader reader, Place from, Place to)
            throws SQLException {
        if (from.equals(Place.START)
                && Statements.run(
                                connection,
                                BEGIN,
                                reader.namespace(),
                                reader.topic(),
                                reader.consumer(),
                                to.transaction(),
                                to.row())
                        == 1) {
            return true;
        }
        return Statements.run(
                        connection,
                        MOVE,
                        to.transaction(),
                        to.row(),
                        reader.namespace(),
                        reader.topic(),
                        reader.consumer(),
                        from.transaction(),
                        from.row())
                == 1;
    }
}
