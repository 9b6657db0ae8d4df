package io.prism.gateway.transact;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.transact.WriteSet.Applied;
import io.prism.gateway.transact.WriteSet.Prepared;
import io.prism.gateway.transact.table.IdempotencyTable;
import io.prism.gateway.transact.table.RowWriter;
import io.prism.v1.IsolationLevel;
import io.prism.v1.TransactionWrite;
import io.prism.v1.WriteRequest;
import io.prism.v1.WriteResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Transactions in one call. Thread-safe; blocks. */
final class Writes {
    private static final int LONGEST_KEY = 256;

    private final Sessions sessions;
    private final RowWriter rows;
    private final Clock clock;

    /** An idempotency key, and a digest of the request it stands for. */
    private record Key(String namespace, String key, byte[] request) {}

    Writes(Sessions sessions, RowWriter rows, Clock clock) {
        this.sessions = sessions;
        this.rows = rows;
        this.clock = clock;
    }

    WriteResponse write(TransactSpace space, WriteRequest request, Bounds bounds) {
        String given = request.getOptions().getIdempotencyKey();
        TransactionWrite write = write(request);
        IsolationLevel isolation = request.getOptions().getIsolation();
        if (given.isEmpty()) {
            return perform(space, write, isolation, bounds, Optional.empty());
        }
        if (given.length() > LONGEST_KEY) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "options.idempotency_key",
                    "an idempotency_key has at most " + LONGEST_KEY + " characters");
        }
        Key key = new Key(space.name(), given, digest(write));
        Optional<WriteResponse> earlier = find(space, key, bounds);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        try {
            return perform(space, write, isolation, bounds, Optional.of(key));
        } catch (PrismException e) {
            // What it has conflicted with may be the same call.
            boolean maybeTaken =
                    e.code() == ErrorCode.CONCURRENT_CHANGE
                            || e.code() == ErrorCode.TRANSACTION_CONFLICT;
            if (!maybeTaken) {
                throw e;
            }
            return find(space, key, bounds).orElseThrow(() -> e);
        }
    }

    private static TransactionWrite write(WriteRequest request) {
        TransactionWrite.Builder write = TransactionWrite.newBuilder();
        if (request.hasData()) {
            write.setData(request.getData());
        }
        if (request.hasMessage()) {
            write.setMessage(request.getMessage());
        }
        return write.build();
    }

    private WriteResponse perform(
            TransactSpace space,
            TransactionWrite write,
            IsolationLevel isolation,
            Bounds bounds,
            Optional<Key> key) {
        WriteSet set = new WriteSet(space, rows);
        try {
            Prepared prepared = set.prepare(write, bounds);
            WriteResponse response;
            try (Session session =
                    space.trace()
                            .callOut("db.begin_transaction")
                            .doing(() -> sessions.open(space.database(), isolation, bounds))) {
                key.ifPresent(taken -> take(session, taken));
                response = response(set.apply(session, prepared), clock.instant());
                key.ifPresent(taken -> answer(session, taken, response));
                commit(space, session);
            }
            set.committed();
            return response;
        } catch (RuntimeException e) {
            set.failed(e);
            throw e;
        }
    }

    private static void commit(TransactSpace space, Session session) {
        var unused =
                space.trace()
                        .callOut("db.commit_transaction")
                        .doing(
                                () -> {
                                    session.commit();
                                    return true;
                                });
    }

    /** First of all, so that a repeat waits here and not at the rows. */
    private static void take(Session session, Key key) {
        boolean taken =
                session.run(
                        "taking an idempotency_key",
                        connection ->
                                IdempotencyTable.take(
                                        connection, key.namespace(), key.key(), key.request()));
        if (!taken) {
            throw new PrismException(
                    ErrorCode.CONCURRENT_CHANGE,
                    "another call with this idempotency_key has just ended; repeat the call to"
                            + " get its answer");
        }
    }

    private static void answer(Session session, Key key, WriteResponse response) {
        var unused =
                session.run(
                        "keeping an answer",
                        connection -> {
                            IdempotencyTable.answer(
                                    connection, key.namespace(), key.key(), response.toByteArray());
                            return true;
                        });
    }

    private Optional<WriteResponse> find(TransactSpace space, Key key, Bounds bounds) {
        try (Session session =
                sessions.open(
                        space.database(), IsolationLevel.ISOLATION_LEVEL_READ_COMMITTED, bounds)) {
            return session.run(
                            "looking for an idempotency_key",
                            connection ->
                                    IdempotencyTable.find(
                                            connection, key.namespace(), key.key(), key.request()))
                    .map(Writes::replayed);
        }
    }

    private static WriteResponse replayed(byte[] answer) {
        try {
            return WriteResponse.parseFrom(answer).toBuilder().setReplayed(true).build();
        } catch (InvalidProtocolBufferException e) {
            throw new PrismException(
                    ErrorCode.INTERNAL, "an answer in prism_idempotency is malformed", e);
        }
    }

    private static WriteResponse response(Applied applied, Instant now) {
        return WriteResponse.newBuilder()
                .setKey(applied.key())
                .setUpdated(applied.updated())
                .setMessageId(applied.messageId())
                .setCommittedAt(timestamp(now))
                .setPosition(applied.position())
                .build();
    }

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    private static byte[] digest(TransactionWrite write) {
        try (DigestOutputStream digest =
                new DigestOutputStream(
                        OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"))) {
            CodedOutputStream out = CodedOutputStream.newInstance(digest);
            out.useDeterministicSerialization();
            write.writeTo(out);
            out.flush();
            return digest.getMessageDigest().digest();
        } catch (NoSuchAlgorithmException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
