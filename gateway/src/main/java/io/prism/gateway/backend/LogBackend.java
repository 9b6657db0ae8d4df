package io.prism.gateway.backend;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A partitioned, durable log. Thread-safe. Failures are {@link
 * io.prism.core.error.PrismException}s: {@code BACKEND_UNAVAILABLE} (try again), {@code
 * BACKEND_REFUSED} (authorization, settings), {@code PAYLOAD_TOO_LARGE}.
 */
public interface LogBackend extends AutoCloseable {
    /** Makes the topic if it is not there; returns when it can be written. Idempotent; blocks. */
    void ensureTopic(TopicSettings settings);

    /** The names of all topics that begin with the prefix; blocks. */
    Set<String> topics(String prefix);

    /** Removes topics with everything in them; missing ones are no error. Blocks. */
    void deleteTopics(Collection<String> topics);

    /**
     * Appends a record. Records of one thread (or of threads that hand over to each other) to one
     * partition are stored in the order of the calls. May block briefly while buffers are full. The
     * future completes when the record is durable; if it fails with BACKEND_UNAVAILABLE the record
     * may or may not have been stored.
     */
    CompletableFuture<Appended> append(LogRecord record);

    /**
     * The partition that records with these bytes as their key go to. May block on first use of a
     * topic.
     */
    int partitionFor(String topic, byte[] key);

    /** Begins to follow topics; the reader belongs to one thread. */
    LogReader read(ReadRequest request);

    /**
     * Records from a group's positions on; blocks. A group that does not exist has everything
     * before it.
     */
    long unread(String topic, String group);

    /** Whether somebody reads as a member of a group; blocks. */
    boolean hasMembers(String group);

    /** How many partitions a topic has; blocks. */
    int partitions(String topic);

    /** All groups whose names begin with the prefix; blocks. */
    Set<String> groups(String prefix);

    /**
     * Fixes where a group begins, in every partition there is now, whatever positions it had; it
     * has no members. Blocks.
     */
    void startGroup(String group, TopicSelector topics, StartAt start);

    /**
     * Removes a group's positions; no error if there are none. Its readers must be closed. Blocks.
     */
    void deleteGroup(String group);

    /** What tells this cluster from any other, for ever; blocks. */
    String clusterId();

    /** Throws BACKEND_UNAVAILABLE unless the backend answers now; blocks. */
    void checkReachable();

    @Override
    void close();

    /**
     * @param retentionMillis how long records are kept; negative for the backend's default
     * @param replication negative for the backend's default
     * @param maxRecordBytes the largest record, headers included
     */
    record TopicSettings(
            String topic,
            int partitions,
            int replication,
            long retentionMillis,
            int maxRecordBytes) {}
}
