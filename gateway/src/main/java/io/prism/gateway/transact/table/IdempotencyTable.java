package io.prism.gateway.transact.table;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answers of calls with an idempotency key, in the database whose transaction they were: an
 * answer is there if, and only if, what it says has happened.
 */
public final class IdempotencyTable {
    static final String NAME = "public.prism_idempotency";

    static final String DDL =
            """
            CREATE TABLE IF NOT EXISTS public.prism_idempotency (
                namespace text NOT NULL,
                key text NOT NULL,
                request bytea NOT NULL,
                response bytea,
                created_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (namespace, key)
            )\
            """;
    static final String INDEX =
            "CREATE INDEX IF NOT EXISTS prism_idempotency_created_at"
                    + " ON public.prism_idempotency (created_at)";

    private static final String CLAIM =
            "INSERT INTO public.prism_idempotency (namespace, key, request) VALUES (?, ?, ?)"
                    + " ON CONFLICT DO NOTHING";
    private static final String ANSWER =
            "UPDATE public.prism_idempotency SET response = ? WHERE namespace = ? AND key = ?";
    private static final String FIND =
            "SELECT request, response FROM public.prism_idempotency"
                    + " WHERE namespace = ? AND key = ?";
    private static final String EXPIRE =
            "DELETE FROM public.prism_idempotency WHERE (namespace, key) IN (SELECT namespace, key"
                    + " FROM public.prism_idempotency"
                    + " WHERE created_at < now() - ? * interval '1 second'"
                    + " ORDER BY created_at LIMIT ? FOR UPDATE SKIP LOCKED)";

    private IdempotencyTable() {}

    /**
     * Takes the key for this transaction. Waits for another transaction that has it and is not
     * decided yet; false if it is another's.
     */
    public static boolean take(Connection connection, String namespace, String key, byte[] request)
            throws SQLException {
        return Statements.run(connection, CLAIM, namespace, key, request) == 1;
    }

    /** Says what a key's transaction answers when it is committed. */
    public static void answer(Connection connection, String namespace, String key, byte[] response)
            throws SQLException {
        int unused = Statements.run(connection, ANSWER, response, namespace, key);
    }

    /**
     * The answer of an earlier call with this key.
     *
     * @param request a digest of what is asked
     * @throws PrismException IDEMPOTENCY_KEY_REUSED if that call asked something else
     */
    public static Optional<byte[]> find(
            Connection connection, String namespace, String key, byte[] request)
            throws SQLException {
        try (PreparedStatement query = Statements.prepare(connection, FIND, namespace, key);
                ResultSet result = query.executeQuery()) {
            if (!result.next()) {
                return Optional.empty();
            }
            if (!Arrays.equals(result.getBytes(1), request)) {
                throw PrismException.ofField(
                        ErrorCode.IDEMPOTENCY_KEY_REUSED,
                        "options.idempotency_key",
                        "this idempotency_key was used for another request: a key stands for one"
                                + " request, so make a new one for each");
            }
            byte @Nullable [] response = result.getBytes(2);
            return Optional.ofNullable(response);
        }
    }

    /** Forgets some of the oldest answers; returns how many. */
    public static int expire(Connection connection, Duration age, int most) throws SQLException {
        return Statements.run(connection, EXPIRE, age.toSeconds(), most);
    }
}
