package io.prism.gateway.claimcheck;

import io.prism.core.claim.ClaimStore;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.gateway.pattern.PatternContext;
import io.prism.gateway.sweep.OrphanSweep;
import io.prism.gateway.sweep.PeriodicSweep;
import io.prism.gateway.sweep.SweepReport;
import io.prism.gateway.sweep.SweepSettings;
import io.prism.gateway.sweep.SweepTarget;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One namespace's sweeps, one at a time: those asked for, and those that are due. Thread-safe. */
final class ClaimSweeper {
    private static final Logger log = LoggerFactory.getLogger(ClaimSweeper.class);

    private final ReentrantLock one = new ReentrantLock();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final String namespace;
    private final OrphanSweep sweep;
    private final PeriodicSweep periodic;
    private final ClaimCheckMetrics metrics;
    private final Executor blocking;

    ClaimSweeper(
            String namespace,
            OrphanSweep sweep,
            PeriodicSweep periodic,
            ClaimCheckMetrics metrics,
            Executor blocking) {
        this.namespace = namespace;
        this.sweep = sweep;
        this.periodic = periodic;
        this.metrics = metrics;
        this.blocking = blocking;
    }

    static ClaimSweeper of(
            NamespaceSpec namespace,
            ClaimStore store,
            ClaimCheckMetrics metrics,
            PatternContext context) {
        SweepSettings settings = context.sweeps();
        OrphanSweep sweep =
                new OrphanSweep(
                        SweepTarget.of(namespace, store, context.outboxes().references(namespace)),
                        context.log(),
                        context.clock(),
                        settle(namespace, settings));
        return new ClaimSweeper(
                namespace.name().value(),
                sweep,
                new PeriodicSweep(sweep, context.clock(), settings.interval(), settings.grace()),
                metrics,
                context.blocking());
    }

    /** A row waits for its commit, and the commit itself may take as long again. */
    private static Duration settle(NamespaceSpec namespace, SweepSettings settings) {
        return namespace.pattern(PatternSpec.Outbox.class).isPresent()
                ? settings.settle().multipliedBy(2)
                : settings.settle();
    }

    /** Sweeps now; waits for a sweep under way. */
    SweepReport now(Duration grace, boolean dryRun) {
        return counted(() -> sweep.run(grace, dryRun));
    }

    /** Begins a sweep if one is due, and does not wait for it. */
    void maybe() {
        if (scheduled.compareAndSet(false, true)) {
            if (periodic.isDue()) {
                blocking.execute(this::periodically);
            } else {
                scheduled.set(false);
            }
        }
    }

    private void periodically() {
        try {
            SweepReport report = counted(periodic::run);
            if (report.orphans() + report.uploadsAborted() > 0) {
                log.atInfo()
                        .setMessage("orphaned claims swept")
                        .addKeyValue("namespace", namespace)
                        .addKeyValue("claims", report.deleted())
                        .addKeyValue("bytes", report.orphanBytes())
                        .addKeyValue("uploads", report.uploadsAborted())
                        .log();
            }
        } catch (RuntimeException e) {
            log.atWarn()
                    .setMessage("orphaned claims could not be swept; trying again later")
                    .addKeyValue("namespace", namespace)
                    .setCause(e)
                    .log();
        } finally {
            scheduled.set(false);
        }
    }

    private SweepReport counted(Supplier<SweepReport> run) {
        one.lock();
        long started = System.nanoTime();
        try {
            SweepReport report = run.get();
            metrics.orphansDeleted.increment((double) report.deleted());
            if (report.deleted() > 0) {
                metrics.storageBytes.addAndGet(-report.orphanBytes());
            }
            return report;
        } catch (PrismException e) {
            metrics.sweepFailures.increment();
            throw e;
        } finally {
            metrics.sweepDuration.record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
            one.unlock();
        }
    }
}
