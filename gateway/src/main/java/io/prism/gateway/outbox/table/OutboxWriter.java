package io.prism.gateway.outbox.table;

import io.prism.core.database.SqlErrors;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One table's queue, and the thread that commits what is in it. While a batch is being committed
 * the next one gathers, so that many publishers share a commit and a single one waits for nobody.
 * Rows are committed in the order of the calls. What the database does not take now is tried again
 * with the same ids until it is too late for the row, so a row is there once whatever happened to
 * the connection. Thread-safe.
 */
final class OutboxWriter implements Runnable {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final String name;
    private final RowSink sink;
    private final OutboxSettings settings;
    private final LongSupplier nanos;
    private final Executor completions;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Pending> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean ending;
    private boolean stopped;

    private record Pending(
            NewRow row,
            OutboxMetrics metrics,
            long deadline,
            CompletableFuture<Committed> result) {}

    /**
     * @param name for messages: table and database
     * @param nanos a clock that only goes forward
     * @param completions where futures are completed, so that nobody holds up the next commit
     */
    OutboxWriter(
            String name,
            RowSink sink,
            OutboxSettings settings,
            LongSupplier nanos,
            Executor completions) {
        this.name = name;
        this.sink = sink;
        this.settings = settings;
        this.nanos = nanos;
        this.completions = completions;
    }

    /**
     * Puts a row in line. The future completes when it is committed, and fails with OVERLOADED,
     * DRAINING, DATABASE_UNAVAILABLE (it may be there all the same) or with what the database has
     * against it.
     */
    CompletableFuture<Committed> write(NewRow row, OutboxMetrics metrics) {
        long bytes = row.bytes();
        lock.lock();
        try {
            if (ending) {
                return CompletableFuture.failedFuture(draining());
            }
            if (queue.size() >= settings.queuedRows()
                    || queuedBytes > 0 && queuedBytes + bytes > settings.queuedBytes()) {
                return CompletableFuture.failedFuture(overloaded());
            }
            Pending pending =
                    new Pending(
                            row,
                            metrics,
                            nanos.getAsLong() + settings.timeout().toNanos(),
                            new CompletableFuture<>());
            queue.addLast(pending);
            queuedBytes += bytes;
            changed.signal();
            return pending.result();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more; the thread ends when everything in line is done. */
    void end() {
        lock.lock();
        try {
            ending = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more, and fails what is in line; what is being committed may be so still. */
    void stop() {
        List<Pending> left;
        lock.lock();
        try {
            ending = true;
            stopped = true;
            left = List.copyOf(queue);
            queue.clear();
            queuedBytes = 0;
            changed.signal();
        } finally {
            lock.unlock();
        }
        fail(left, draining());
    }

    @Override
    public void run() {
        for (List<Pending> batch = take(); !batch.isEmpty(); batch = take()) {
            try {
                commit(batch, false);
            } catch (RuntimeException | Error e) {
                fail(
                        batch,
                        new PrismException(
                                ErrorCode.INTERNAL, "a row for " + name + " was not committed", e));
            }
        }
    }

    /** What is in line, up to a batch; waits for it. Empty when there will be nothing more. */
    private List<Pending> take() {
        List<Pending> batch = new ArrayList<>();
        lock.lock();
        try {
            while (queue.isEmpty() && !ending) {
                changed.awaitUninterruptibly();
            }
            long bytes = 0;
            for (Pending head = queue.peekFirst();
                    head != null
                            && batch.size() < settings.batchRows()
                            && (batch.isEmpty()
                                    || bytes + head.row().bytes() <= settings.batchBytes());
                    head = queue.peekFirst()) {
                bytes += head.row().bytes();
                batch.add(queue.removeFirst());
            }
            queuedBytes -= bytes;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tries until each row is committed, refused or too late.
     *
     * @param tried whether they may be committed already
     */
    private void commit(List<Pending> all, boolean tried) {
        List<Pending> batch = all;
        boolean again = tried;
        long pause = settings.pause().toMillis();
        @Nullable PrismException last = null;
        while (true) {
            batch = inTime(batch, last);
            if (batch.isEmpty()) {
                return;
            }
            try {
                insert(batch, again);
                return;
            } catch (SQLException e) {
                PrismException known = SqlErrors.of(e, "inserting into " + name);
                switch (Faults.of(e)) {
                    case PASSING -> {
                        again = true;
                        last = known;
                    }
                    case ROW -> {
                        apart(batch, again, known);
                        return;
                    }
                    case LASTING -> {
                        fail(batch, known);
                        return;
                    }
                }
            } catch (PrismException e) {
                if (!Faults.passing(e.code())) {
                    fail(batch, e);
                    return;
                }
                last = e;
            }
            if (!pause(pause)) {
                fail(batch, draining());
                return;
            }
            pause = Math.min(2 * pause, 1_000);
        }
    }

    /** Halves a batch until the rows at fault are alone; the others are committed, in order. */
    private void apart(List<Pending> batch, boolean tried, PrismException why) {
        if (batch.size() == 1) {
            fail(batch, why);
            return;
        }
        int middle = batch.size() / 2;
        commit(batch.subList(0, middle), tried);
        commit(batch.subList(middle, batch.size()), tried);
    }

    private void insert(List<Pending> batch, boolean again) throws SQLException {
        long started = System.nanoTime();
        List<Outcome> outcomes = sink.insert(batch.stream().map(Pending::row).toList(), again);
        long took = System.nanoTime() - started;
        batch.stream()
                .map(Pending::metrics)
                .distinct()
                .forEach(metrics -> metrics.batch(batch.size(), took));
        elsewhere(
                () -> {
                    for (int i = 0; i < outcomes.size(); i++) {
                        complete(batch.get(i), outcomes.get(i));
                    }
                });
    }

    private static void complete(Pending pending, Outcome outcome) {
        switch (outcome) {
            case Outcome.Done(Committed committed) -> {
                if (!committed.duplicate()) {
                    pending.metrics().inserted();
                }
                pending.result().complete(committed);
            }
            case Outcome.Refused(PrismException why) -> pending.result().completeExceptionally(why);
        }
    }

    /** Fails the rows for which it is too late. */
    private List<Pending> inTime(List<Pending> batch, @Nullable PrismException last) {
        long now = nanos.getAsLong();
        List<Pending> late = batch.stream().filter(p -> p.deadline() - now <= 0).toList();
        if (late.isEmpty()) {
            return batch;
        }
        fail(
                late,
                new PrismException(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "the message was not committed to "
                                + name
                                + " within "
                                + settings.timeout().toMillis()
                                + " ms: "
                                + (last == null
                                        ? "those before it took too long"
                                        : last.getMessage() + "; it may be there all the same")
                                + "; send it again, with a message_id that cannot make it two",
                        last));
        return batch.stream().filter(p -> p.deadline() - now > 0).toList();
    }

    /** False if there is no time left for another attempt. */
    private boolean pause(long millis) {
        lock.lock();
        try {
            long left = millis * NANOS_PER_MILLI;
            while (left > 0 && !stopped) {
                left = changed.awaitNanos(left);
            }
            return !stopped;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void fail(List<Pending> rows, PrismException why) {
        if (!rows.isEmpty()) {
            elsewhere(() -> rows.forEach(pending -> pending.result().completeExceptionally(why)));
        }
    }

    private void elsewhere(Runnable completion) {
        try {
            completions.execute(completion);
        } catch (RejectedExecutionException over) {
            // The gateway has stopped; whoever still waits is told all the same.
            completion.run();
        }
    }

    private PrismException overloaded() {
        return new PrismException(
                        ErrorCode.OVERLOADED,
                        "as many messages as allowed wait for their commit to "
                                + name
                                + "; try again in a moment")
                .with("rows", settings.queuedRows())
                .with("bytes", settings.queuedBytes());
    }

    private static PrismException draining() {
        return new PrismException(
                ErrorCode.DRAINING, "this gateway is stopping; the message must be sent again");
    }
}
