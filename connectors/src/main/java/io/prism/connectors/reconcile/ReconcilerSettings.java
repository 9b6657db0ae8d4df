package io.prism.connectors.reconcile;

import java.time.Duration;

/**
 * How a reconciler works.
 *
 * @param interval how often it looks when nothing has told it to
 * @param firstRestart how long after a first failure a connector is restarted; doubled from then
 *     on. Also how soon it looks again when it could not
 * @param lastRestart the longest time between restarts
 * @param search how often it looks for slots that nobody needs and nobody noted; once more after a
 *     quarter of that where it finds some, which then go
 * @param dropUnused whether slot and publication go with the last namespace that needs them. If
 *     not, the slot holds the database's log until an operator drops it
 */
public record ReconcilerSettings(
        Duration interval,
        Duration firstRestart,
        Duration lastRestart,
        Duration search,
        boolean dropUnused) {
    public static final ReconcilerSettings DEFAULT =
            new ReconcilerSettings(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(1),
                    true);
}
