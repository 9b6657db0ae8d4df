package io.prism.gateway.claimcheck;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.core.claim.ClaimStore;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.PatternSpec;
import io.prism.gateway.journal.ClaimJournal;
import io.prism.gateway.pattern.Pattern;
import java.time.Clock;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Claim checks over memory, for tests of other packages. */
public final class ClaimChecks {
    private ClaimChecks() {}

    /** Without bucket, compression, limits or clean-up of its own. */
    public static PatternSpec.ClaimCheck spec(int threshold, String prefix) {
        return new PatternSpec.ClaimCheck(
                new DataSize(threshold),
                new PatternSpec.Storage(
                        Optional.empty(),
                        prefix,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                PatternSpec.Compression.IDENTITY,
                new PatternSpec.Cleanup(PatternSpec.Cleanup.Strategy.NONE, Optional.empty()),
                Optional.empty());
    }

    /**
     * @param around puts something between the pattern and its store
     */
    public static Pattern over(int threshold, UnaryOperator<ClaimStore> around) {
        PatternSpec.ClaimCheck spec = spec(threshold, "test/");
        ClaimStore store = around.apply(TestStores.inMemory(spec));
        ClaimCheckMetrics metrics = new ClaimCheckMetrics("test", new SimpleMeterRegistry());
        return new ClaimCheckPattern(
                spec,
                store,
                ClaimJournal.NONE,
                metrics,
                TestStores.sweeper(store, metrics),
                Clock.systemUTC(),
                Runnable::run);
    }
}
