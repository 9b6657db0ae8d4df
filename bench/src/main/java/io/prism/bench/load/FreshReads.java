package io.prism.bench.load;

import io.grpc.Channel;
import io.prism.v1.GetResponse;
import io.prism.v1.ReaderServiceGrpc;
import io.prism.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.v1.ServedBy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks {@code ReaderService.Get} again and again: a row is ready once it comes from the cache, and
 * a change is known with the first answer that shows it. A row that shows a version older than one
 * that was seen is an error, whenever that happens. Thread-safe; blocks.
 */
public final class FreshReads implements ChangeLoad.Witness {
    /** From one question to the next; an answer that takes longer is followed at once. */
    private static final long STEP = TimeUnit.MICROSECONDS.toNanos(500);

    private final List<ReaderServiceBlockingStub> stubs;
    private final ReaderRows rows;
    private final Duration patience;
    private final Meter steps;

    /**
     * @param steps records the time from one answer to the next while a change is waited for, which
     *     is how much too late it may be noticed; nothing is counted there
     */
    public FreshReads(List<Channel> channels, ReaderRows rows, Duration patience, Meter steps) {
        this.stubs = channels.stream().map(ReaderServiceGrpc::newBlockingStub).toList();
        this.rows = rows;
        this.patience = patience;
        this.steps = steps;
    }

    @Override
    public void ready(long id, long version) throws InterruptedException {
        long last = System.nanoTime() + patience.toNanos();
        GetResponse response = get(id);
        while (version(id, response) == version
                && response.getServedBy() != ServedBy.SERVED_BY_CACHE) {
            if (System.nanoTime() - last > 0) {
                throw new IllegalStateException("a row was not cached within " + patience);
            }
            pause(STEP);
            response = get(id);
        }
        if (version(id, response) != version) {
            throw new IllegalStateException(
                    "a row is at version "
                            + version(id, response)
                            + " again, after version "
                            + version
                            + " was seen");
        }
    }

    @Override
    public long known(long id, long version) throws InterruptedException {
        long before = System.nanoTime();
        long last = before + patience.toNanos();
        while (true) {
            long asked = System.nanoTime();
            GetResponse response = get(id);
            long now = System.nanoTime();
            steps.latency(now - before);
            before = now;
            long seen = version(id, response);
            if (seen == version) {
                return now;
            }
            if (seen != version - 1) {
                throw new IllegalStateException(
                        "a row shows version " + seen + " on its way to " + version);
            }
            if (now - last > 0) {
                throw new IllegalStateException(
                        "a row still showed its old value after " + patience);
            }
            pause(STEP - (now - asked));
        }
    }

    private GetResponse get(long id) {
        return stubs.get((int) (id % stubs.size()))
                .withDeadlineAfter(patience)
                .get(rows.request(id));
    }

    private long version(long id, GetResponse response) {
        return rows.version(id, response);
    }

    private static void pause(long nanos) throws InterruptedException {
        if (nanos > 0) {
            LockSupport.parkNanos(nanos);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }
}
