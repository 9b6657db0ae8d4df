package io.prism.gateway.pattern;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.claim.ClaimStores;
import io.prism.gateway.journal.ClaimJournals;

import java.time.Clock;
import java.util.concurrent.Executor;

/**
 * What the gateway lends its patterns.
 *
 * @param journals where a pattern tells what becomes of its claims
 * @param blocking runs each task on a virtual thread of its own
 */
public record PatternContext(
        ClaimStores claims,
        ClaimJournals journals,
        MeterRegistry meters,
        Clock clock,
        Executor blocking) {}
