package io.prism.gateway.claimcheck;

import io.prism.core.claim.ClaimStore;
import io.prism.core.claim.InMemoryClaimStore;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.PatternSpec;
import io.prism.gateway.backend.TopicSelector;
import io.prism.gateway.backend.memory.MemoryLog;
import io.prism.gateway.sweep.OrphanSweep;
import io.prism.gateway.sweep.PeriodicSweep;
import io.prism.gateway.sweep.SweepTarget;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;

/** Claim stores for tests. */
final class TestStores {
    private TestStores() {}

    /** On an empty log. */
    static ClaimSweeper sweeper(ClaimStore store, ClaimCheckMetrics metrics) {
        Clock clock = Clock.systemUTC();
        OrphanSweep sweep =
                new OrphanSweep(
                        new SweepTarget(
                                "test",
                                store,
                                new TopicSelector.Exact("test"),
                                "test",
                                Optional.empty()),
                        new MemoryLog(clock),
                        clock,
                        Duration.ZERO);
        return new ClaimSweeper(
                "test",
                sweep,
                new PeriodicSweep(sweep, clock, Duration.ofHours(1), Duration.ofHours(1)),
                metrics,
                Runnable::run);
    }

    static ClaimStore inMemory(PatternSpec.ClaimCheck spec) {
        return new InMemoryClaimStore(
                spec, new TimeOrderedIds(Clock.systemUTC(), new Random(1)), Clock.systemUTC());
    }
}
