package io.prism.gateway.queue;

import java.time.Duration;

/**
 * What an acknowledgement asks for.
 *
 * @param delay RELEASE: before the next delivery; EXTEND: the lease's new length, zero for the
 *     stream's
 * @param reason for the dead letter, if it becomes one; may be empty
 */
record Outcome(Kind kind, Duration delay, String reason) {
    enum Kind {
        ACCEPT,
        RELEASE,
        REJECT,
        EXTEND
    }
}
