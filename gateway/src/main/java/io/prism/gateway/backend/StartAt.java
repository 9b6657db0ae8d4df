package io.prism.gateway.backend;

import java.time.Instant;

/** Where reading begins. */
public sealed interface StartAt {
    record Earliest() implements StartAt {}

    record Latest() implements StartAt {}

    /** The first record at or after the time; the end where there is none. */
    record AtTime(Instant time) implements StartAt {}

    /** The offset, or the nearest one there is. */
    record AtOffset(long offset) implements StartAt {}
}
