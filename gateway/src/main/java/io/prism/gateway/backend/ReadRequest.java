package io.prism.gateway.backend;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** How a reader reads. */
public sealed interface ReadRequest {
    TopicSelector topics();

    /** Every record of every partition, independent of other readers, from the start given. */
    record Alone(TopicSelector topics, StartAt start) implements ReadRequest {}

    /**
     * Partitions are shared with the other readers of the group; each goes on where the group is.
     */
    record AsMember(TopicSelector topics, String group, Assignments assignments)
            implements ReadRequest {}

    /** Told, on the reader's thread and within its poll, what partitions it has. */
    interface Assignments {
        /** Reading begins at the point's offset; without one, at the earliest record. */
        void assigned(LogPartition partition, Optional<CommitPoint> from);

        /** The partitions go to another reader; what is returned is committed before they do. */
        Map<LogPartition, CommitPoint> revoked(Collection<LogPartition> partitions);

        /** The partitions have gone without notice; nothing can be committed. */
        void lost(Collection<LogPartition> partitions);
    }
}
