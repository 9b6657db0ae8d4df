package io.prism.gateway.pattern;

import io.prism.gateway.sweep.ClaimTotals;
import io.prism.gateway.sweep.SweepReport;
import java.time.Duration;

/** A pattern that keeps payloads in object storage, as operators see it. Blocks. */
public interface ClaimKeeper {
    /** Counts what is kept. */
    ClaimTotals claims();

    /**
     * Deletes payloads that were uploaded and never published; waits for a sweep under way.
     *
     * @param grace the least age of what is deleted
     * @param dryRun counts, and deletes nothing
     */
    SweepReport sweep(Duration grace, boolean dryRun);
}
