package io.prism.gateway.subscription;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.backend.LogBackend;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes groups that others are about to leave: streams on other gateways end with the entry in
 * the shared table, and the members of a gateway that was killed with their sessions.
 */
final class GroupRemoval {
    private static final Logger log = LoggerFactory.getLogger(GroupRemoval.class);
    private static final Duration GLANCE = Duration.ofMillis(200);

    private final LogBackend backend;
    private final BooleanSupplier wanted;
    private final long deadline;

    /**
     * @param wanted asked before each attempt: whether the groups are still to go
     * @param patience for all groups together, from now on
     */
    GroupRemoval(LogBackend backend, BooleanSupplier wanted, Duration patience) {
        this.backend = backend;
        this.wanted = wanted;
        this.deadline = System.nanoTime() + patience.toNanos();
    }

    /** Blocks; throws the backend's error if somebody is still in the group in the end. */
    void remove(String group) {
        while (wanted.getAsBoolean()) {
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
    void removeIfPossible(Collection<String> groups) {
        groups.forEach(this::removeIfPossible);
    }

    private void removeIfPossible(String group) {
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
