package io.prism.gateway.backend;

import java.time.Instant;
import java.util.Map;

/** Where reading begins. */
public sealed interface StartAt {
    record Earliest() implements StartAt {}

    record Latest() implements StartAt {}

    /** The first record at or after the time; the end where there is none. */
    record AtTime(Instant time) implements StartAt {}

    /** The offset, or the nearest one there is. */
    record AtOffset(long offset) implements StartAt {}

    /**
     * In each partition the offset given for it; the earliest record in partitions without one, and
     * in those that end before theirs: they are not the ones the offsets were of.
     */
    record AtOffsets(Map<LogPartition, Long> offsets) implements StartAt {}
}
