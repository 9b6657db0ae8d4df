package io.prism.gateway.journal;

import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.PatternSpec.Cleanup;
import io.prism.gateway.backend.LogBackend;

import java.time.Clock;

/** Hands out each namespace's journal. Thread-safe. */
public final class ClaimJournals {
    private final LogBackend backend;
    private final Clock clock;
    private final ReleaseLog releases;

    /**
     * @param backend holds the lifecycle's topics, which must be there
     */
    public ClaimJournals(LogBackend backend, Clock clock) {
        this.backend = backend;
        this.clock = clock;
        this.releases = new ReleaseLog(backend, clock);
    }

    public ClaimJournal of(NamespaceSpec namespace) {
        return namespace
                .pattern(PatternSpec.ClaimCheck.class)
                .filter(check -> check.cleanup().strategy() == Cleanup.Strategy.ON_CONSUME)
                .<ClaimJournal>map(
                        check -> new LogClaimJournal(namespace.name(), backend, releases, clock))
                .orElse(ClaimJournal.NONE);
    }
}
