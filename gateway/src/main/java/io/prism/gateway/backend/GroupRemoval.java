package io.prism.gateway.backend;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes groups that others are about to leave: streams on other gateways end with the entry in
 * the shared table, and the members of a gateway that was killed with their sessions.
 */
public final class GroupRemoval {
    private static final Logger log = LoggerFactory.getLogger(GroupRemoval.class);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration GLANCE = Duration.ofMillis(200);

    private final LogBackend backend;
    private final long deadline = System.nanoTime() + PATIENCE.toNanos();

    /** The time that all groups together may take begins now. */
    public GroupRemoval(LogBackend backend) {
        this.backend = backend;
    }

    /** Blocks; throws the backend's error if somebody is still in the group in the end. */
    public void remove(String group) {
        while (true) {
            try {
                backend.deleteGroup(group);
                return;
            } catch (PrismException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                pause();
            }
        }
    }

    /** Blocks. Positions that stay go with the topics that they are in. */
    public void removeIfPossible(String group) {
        try {
            remove(group);
        } catch (PrismException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            log.atWarn()
                    .setMessage("the group of something that was deleted is left in Kafka")
                    .addKeyValue("group", group)
                    .setCause(e)
                    .log();
        }
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(GLANCE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
        }
    }
}
