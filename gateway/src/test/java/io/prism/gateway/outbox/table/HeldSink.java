package io.prism.gateway.outbox.table;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/** A table in memory that does what it is told, when it is told. Used by one writer's thread. */
final class HeldSink implements RowSink {
    /** One permit lets one call go on. */
    final Semaphore go = new Semaphore(0);

    /** The rows of each call, by topic, as it arrives. */
    final LinkedBlockingQueue<List<String>> calls = new LinkedBlockingQueue<>();

    /** What the next calls fail with; afterwards they succeed. */
    final LinkedBlockingQueue<Failure> failures = new LinkedBlockingQueue<>();

    /** Rows the database takes never. */
    volatile Predicate<NewRow> bad = row -> false;

    private final Map<String, NewRow> rows = new TreeMap<>();
    private final List<String> order = new ArrayList<>();
    private final List<Boolean> again = new ArrayList<>();

    /**
     * @param committed whether the rows are there all the same
     */
    record Failure(SQLException exception, boolean committed) {}

    @Override
    public List<Outcome> insert(List<NewRow> batch, boolean mayBeThere) throws SQLException {
        calls.add(batch.stream().map(NewRow::topic).toList());
        go.acquireUninterruptibly();
        Failure failure = failures.poll();
        if (failure != null && !failure.committed()) {
            throw failure.exception();
        }
        if (batch.stream().anyMatch(bad)) {
            throw new SQLException("invalid byte sequence", "22021");
        }
        List<Outcome> outcomes;
        synchronized (this) {
            again.add(mayBeThere);
            outcomes = batch.stream().map(row -> put(row, mayBeThere)).toList();
        }
        if (failure != null) {
            throw failure.exception();
        }
        return outcomes;
    }

    private Outcome put(NewRow row, boolean mayBeThere) {
        boolean there = rows.putIfAbsent(row.id().toString(), row) != null;
        if (!there) {
            order.add(row.topic());
        }
        return Outcome.done("", Instant.EPOCH, there && !mayBeThere);
    }

    /** What was committed, in that order. */
    synchronized List<String> committed() {
        return List.copyOf(order);
    }

    synchronized List<Boolean> again() {
        return List.copyOf(again);
    }
}
