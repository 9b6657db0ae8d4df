package io.prism.streams.role;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be closed: the last taken first. Used by one thread at a time. */
public final class Parts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Parts.class);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    /** Takes a part, and gives it back. */
    public <T extends AutoCloseable> T own(T part) {
        parts.push(part);
        return part;
    }

    /** Takes what is to be done when its turn comes. */
    public void closing(AutoCloseable step) {
        parts.push(step);
    }

    /** All are closed, whatever one of them throws. Idempotent. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                log.atWarn().setMessage("a part did not close cleanly").setCause(e).log();
            }
        }
    }
}
