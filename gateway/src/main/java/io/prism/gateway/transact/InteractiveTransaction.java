package io.prism.gateway.transact;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.transact.WriteSet.Applied;
import io.prism.gateway.transact.table.RowWriter;
import io.prism.v1.TransactionBegin;
import io.prism.v1.TransactionBegun;
import io.prism.v1.TransactionCommitted;
import io.prism.v1.TransactionRequest;
import io.prism.v1.TransactionResponse;
import io.prism.v1.TransactionRolledBack;
import io.prism.v1.TransactionWrite;
import io.prism.v1.TransactionWritten;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One transaction over many requests, on a thread of its own: begin, then writes, then commit or
 * rollback. However it ends otherwise, nothing is written. Requests come from the call's thread,
 * one after the other as they are asked for.
 */
public final class InteractiveTransaction {
    private final TransactSpace space;
    private final Client client;
    private final Sessions sessions;
    private final RowWriter rows;
    private final Duration idle;
    private final Clock clock;
    private final Function<TransactionBegin, Bounds> bounds;
    private final LinkedBlockingQueue<Heard> heard = new LinkedBlockingQueue<>();

    /** Guards what follows. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable Session session;
    private boolean gone;

    /** Who asks. Called from the transaction's thread. */
    public interface Client {
        /** Another request may come. */
        void next();

        void answer(TransactionResponse response);

        /** Nothing more is answered. */
        void end();

        /** The transaction has failed, and is rolled back. */
        void fail(RuntimeException why);
    }

    /** What comes from the client. */
    private sealed interface Heard {
        record Asked(TransactionRequest request) implements Heard {}

        /** There will be no more requests. */
        record Ended() implements Heard {}
    }

    /** How it ended. */
    enum End {
        COMMITTED,
        ROLLED_BACK
    }

    InteractiveTransaction(
            TransactSpace space,
            Client client,
            Sessions sessions,
            RowWriter rows,
            Duration idle,
            Clock clock,
            Function<TransactionBegin, Bounds> bounds) {
        this.space = space;
        this.client = client;
        this.sessions = sessions;
        this.rows = rows;
        this.idle = idle;
        this.clock = clock;
        this.bounds = bounds;
    }

    /** The client's next request. */
    public void request(TransactionRequest request) {
        heard.add(new Heard.Asked(request));
    }

    /** The client asks for nothing more. */
    public void ended() {
        heard.add(new Heard.Ended());
    }

    /** The client is gone; blocks while a statement is cancelled. */
    public void gone() {
        Session open;
        lock.lock();
        try {
            gone = true;
            open = session;
        } finally {
            lock.unlock();
        }
        heard.add(new Heard.Ended());
        if (open != null) {
            open.abort();
        }
    }

    /** Does all of it on this thread; failures are thrown when everything is rolled back. */
    End transact() {
        client.next();
        Heard first = take(null);
        if (first instanceof Heard.Ended) {
            client.end();
            return End.ROLLED_BACK;
        }
        if (!(first instanceof Heard.Asked(TransactionRequest request)) || !request.hasBegin()) {
            throw outOfOrder("the first request must be begin");
        }
        TransactionBegin begin = request.getBegin();
        if (!begin.getOptions().getIdempotencyKey().isEmpty()) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "begin.options.idempotency_key",
                    "a transaction over many requests takes no idempotency_key: write all of it in"
                            + " one Write, or look what is there before you repeat it");
        }
        Bounds until = bounds.apply(begin);
        WriteSet set = new WriteSet(space, rows);
        try (Session open =
                sessions.open(space.database(), begin.getOptions().getIsolation(), until)) {
            try {
                use(open);
                client.answer(
                        TransactionResponse.newBuilder()
                                .setBegun(TransactionBegun.getDefaultInstance())
                                .build());
                return go(open, set, until);
            } finally {
                use(null);
            }
        } catch (RuntimeException e) {
            set.failed(e);
            throw e;
        }
    }

    private void use(@Nullable Session open) {
        lock.lock();
        try {
            session = open;
            if (gone && open != null) {
                throw new PrismException(ErrorCode.CANCELLED, "the client is gone");
            }
        } finally {
            lock.unlock();
        }
    }

    private End go(Session open, WriteSet set, Bounds until) {
        String position = "";
        while (true) {
            client.next();
            if (!(take(until) instanceof Heard.Asked(TransactionRequest request))) {
                return rollBack(open, set);
            }
            switch (request.getRequestCase()) {
                case WRITE -> {
                    Applied applied = write(open, set, request.getWrite(), until);
                    position = applied.position();
                }
                case COMMIT -> {
                    return commit(open, set, position);
                }
                case ROLLBACK -> {
                    return rollBack(open, set);
                }
                case BEGIN -> throw outOfOrder("begin came a second time");
                case REQUEST_NOT_SET ->
                        throw outOfOrder("a request is none of begin, write, commit and rollback");
            }
        }
    }

    private Applied write(Session open, WriteSet set, TransactionWrite write, Bounds until) {
        WriteSet.Prepared prepared = set.prepare(write, until);
        open.limit(until);
        Applied applied = set.apply(open, prepared);
        client.answer(
                TransactionResponse.newBuilder()
                        .setWritten(
                                TransactionWritten.newBuilder()
                                        .setKey(applied.key())
                                        .setUpdated(applied.updated())
                                        .setMessageId(applied.messageId()))
                        .build());
        return applied;
    }

    private End commit(Session open, WriteSet set, String position) {
        open.commit();
        set.committed();
        client.answer(
                TransactionResponse.newBuilder()
                        .setCommitted(
                                TransactionCommitted.newBuilder()
                                        .setCommittedAt(Writes.timestamp(clock.instant()))
                                        .setPosition(position))
                        .build());
        client.end();
        return End.COMMITTED;
    }

    private End rollBack(Session open, WriteSet set) {
        open.close();
        set.failed(new PrismException(ErrorCode.CANCELLED, "the transaction was rolled back"));
        client.answer(
                TransactionResponse.newBuilder()
                        .setRolledBack(TransactionRolledBack.getDefaultInstance())
                        .build());
        client.end();
        return End.ROLLED_BACK;
    }

    /** Waits for the client, but not for long. */
    private Heard take(@Nullable Bounds until) {
        Duration wait = idle;
        if (until != null) {
            Duration left = until.left("waiting for the next request");
            wait = left.compareTo(idle) < 0 ? left : idle;
        }
        try {
            Heard next = heard.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
            if (next != null) {
                return next;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
        }
        throw new PrismException(
                        ErrorCode.TRANSACTION_TIMEOUT,
                        "no request came for "
                                + wait.toMillis()
                                + " ms, and an open transaction holds up others; nothing was"
                                + " written")
                .with("idle", idle);
    }

    private static PrismException outOfOrder(String what) {
        return PrismException.ofField(
                ErrorCode.TRANSACTION_OUT_OF_ORDER,
                "request",
                what + ": send begin, then writes, then commit or rollback; nothing was written");
    }
}
