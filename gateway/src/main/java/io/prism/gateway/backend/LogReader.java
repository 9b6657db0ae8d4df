package io.prism.gateway.backend;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Follows topics; used by one thread. Failures are PrismExceptions; BACKEND_UNAVAILABLE may be
 * followed by more polls.
 */
public interface LogReader extends AutoCloseable {
    /**
     * The next records, in order within each partition; empty when none came within the timeout, or
     * while paused. Must be called every few seconds, also while paused, for the reader to keep its
     * partitions.
     */
    List<LogEntry> poll(Duration timeout);

    void pause();

    void resume();

    /**
     * Remembers the group's positions; a later commit of a partition replaces an earlier one. Not
     * for lone readers.
     */
    void commit(Map<LogPartition, CommitPoint> points, boolean wait);

    /** Whether reading has begun: the reader knows its partitions and where it is in them. */
    boolean positioned();

    /**
     * Whether everything that was in the partitions when they were last looked at has been read.
     */
    boolean caughtUp();

    @Override
    void close();
}
