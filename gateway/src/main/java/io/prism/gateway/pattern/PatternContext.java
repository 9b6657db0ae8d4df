package io.prism.gateway.pattern;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.claim.ClaimStores;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.cache.rows.RowCaches;
import io.prism.gateway.cdc.capture.Captures;
import io.prism.gateway.journal.ClaimJournals;
import io.prism.gateway.outbox.table.Outboxes;
import io.prism.gateway.sweep.SweepSettings;
import java.time.Clock;
import java.util.concurrent.Executor;

/**
 * What the gateway lends its patterns.
 *
 * @param journals where a pattern tells what becomes of its claims
 * @param outboxes where patterns write messages into databases
 * @param meters what patterns count in
 * @param captures where patterns have changes of rows captured
 * @param rows where rows are kept for their readers
 * @param log where records are, for patterns that must know what was published
 * @param blocking runs each task on a virtual thread of its own
 */
public record PatternContext(
        ClaimStores claims,
        ClaimJournals journals,
        Outboxes outboxes,
        Captures captures,
        RowCaches rows,
        LogBackend log,
        SweepSettings sweeps,
        MeterRegistry meters,
        Clock clock,
        Executor blocking) {
    /** The same, but patterns count elsewhere. */
    public PatternContext withMeters(MeterRegistry other) {
        return new PatternContext(
                claims, journals, outboxes, captures, rows, log, sweeps, other, clock, blocking);
    }
}
