package io.prism.gateway.sweep;

import io.prism.core.claim.ClaimStore;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.StartAt;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * One sweep of a namespace: which payloads were uploaded and never published, and away with them.
 *
 * <p><em>The log is the truth.</em> A payload is needed if a record refers to it: its own record,
 * or a dead letter made of it. Payloads are stored before their records are appended (design
 * decision 3), so one that is old enough and in no record is an orphan: its publisher failed or was
 * killed in between. Nothing that is needed is deleted, because
 *
 * <ul>
 *   <li>candidates are listed <em>first</em> and the topics read to their end <em>afterwards</em>,
 *       the derived ones included: a record appended before the listing is seen;
 *   <li>a record appended after the listing belongs to a publish that was under way during it. Its
 *       object is younger than the grace period (by its id and by its modification, both must be
 *       older), or was uploaded in parts and became visible only when the last had come. While such
 *       a one is taken for an orphan, the log is followed until no append of that time can succeed
 *       any more;
 *   <li>where a message is in a database before it is in the log, rows are looked at between two
 *       readings of the log, when no transaction of that time is under way any more;
 *   <li>where reading begins is an offset, never a record's timestamp, which other producers choose
 *       as they like;
 *   <li>a log that is not read to its end, a namespace none of whose topics can be seen, and a
 *       database that does not answer are errors, and nothing is deleted;
 *   <li>objects are never written twice under one name, and are looked at a second time before they
 *       are deleted.
 * </ul>
 *
 * <p>Killed at any step, a sweep leaves orphans for the next one: listing and reading change
 * nothing, a batch that was deleted in part is listed again without what is gone, and no state is
 * kept between runs that a restart would miss. Any number of processes may sweep at once; each may
 * then count an orphan that another deleted.
 *
 * <p>A record that retention has removed from the log refers to nothing any more: its payload is an
 * orphan, too.
 */
public final class OrphanSweep {
    /** Candidates held at once, 8 MB; the log is read once for each full batch. */
    private static final int MOST = 500_000;

    private static final int BATCH = 1_000;

    /** Uploads that have taken nothing for less than this are not touched, whatever the grace. */
    private static final Duration IDLE = Duration.ofHours(1);

    private final SweepTarget target;
    private final LogBackend log;
    private final Clock clock;
    private final Duration settle;
    private final int most;

    /**
     * @param settle the longest a publish takes from the moment its payload is stored until its
     *     record is appended or never will be
     */
    public OrphanSweep(SweepTarget target, LogBackend log, Clock clock, Duration settle) {
        this(target, log, clock, settle, MOST);
    }

    OrphanSweep(SweepTarget target, LogBackend log, Clock clock, Duration settle, int most) {
        this.target = target;
        this.log = log;
        this.clock = clock;
        this.settle = settle;
        this.most = most;
    }

    /**
     * Which part of a namespace a run looks at.
     *
     * @param from only claims made from then on
     * @param start everything that may refer to one of them is at or after this
     */
    record Window(Instant from, StartAt start) {
        static final Window ALL = new Window(Instant.EPOCH, new StartAt.Earliest());
    }

    /**
     * @param next records appended after the run are at or after these offsets; empty when the log
     *     was not read
     */
    record Outcome(SweepReport report, Instant cutoff, Map<LogPartition, Long> next) {}

    /**
     * Sweeps the whole namespace; blocks.
     *
     * @param grace the least age of an orphan
     * @param dryRun counts, and deletes nothing; may count payloads that are being published
     * @throws PrismException when anything stands in the way of a safe answer
     */
    public SweepReport run(Duration grace, boolean dryRun) {
        return run(Window.ALL, grace, dryRun).report();
    }

    Outcome run(Window window, Duration grace, boolean dryRun) {
        Instant cutoff = clock.instant().minus(grace);
        Run run = new Run(window, cutoff, dryRun);
        target.store().list(window.from(), cutoff, run::look);
        run.decide();
        long aborted =
                dryRun
                        ? 0
                        : target.store()
                                .abortIdleUploads(
                                        clock.instant()
                                                .minus(grace.compareTo(IDLE) > 0 ? grace : IDLE));
        return new Outcome(run.report(aborted), cutoff, run.references.next());
    }

    private PrismException refused(String why) {
        return new PrismException(
                        ErrorCode.BACKEND_REFUSED,
                        "namespace " + target.namespace() + " cannot be swept: " + why)
                .with("namespace", target.namespace());
    }

    /** A run's progress; used by one thread. */
    private final class Run {
        private final Window window;
        private final Instant cutoff;
        private final boolean dryRun;
        private final Candidates candidates = new Candidates(most);
        private final References references = new References(log, target.topics(), clock);
        private Instant listed = clock.instant();
        private long looked;
        private long orphans;
        private long orphanBytes;
        private long deleted;

        Run(Window window, Instant cutoff, boolean dryRun) {
            this.window = window;
            this.cutoff = cutoff;
            this.dryRun = dryRun;
        }

        /** The first look. */
        void look(List<ClaimStore.Stored> page) {
            listed = clock.instant();
            for (ClaimStore.Stored stored : page) {
                if (stored.lastModified().isBefore(cutoff)) {
                    candidates.add(stored.id(), mayBeLate(stored));
                    looked++;
                    if (candidates.full()) {
                        decide();
                    }
                }
            }
        }

        private boolean mayBeLate(ClaimStore.Stored stored) {
            Instant recent = listed.minus(settle);
            return stored.inParts()
                    || stored.lastModified().isAfter(recent)
                    || TimeOrderedIds.instantOf(stored.id()).isAfter(recent);
        }

        /** What the log says of the candidates so far. */
        void decide() {
            if (candidates.size() == 0) {
                return;
            }
            requireTopics();
            references.read(
                    window.start(), candidates, dryRun ? Instant.EPOCH : listed.plus(settle));
            // A publish of that time is in the log, in a row, or over by now. A row whose record
            // came into the log meanwhile may be gone already: then the rest of the log has it.
            target.elsewhere()
                    .ifPresent(
                            other -> {
                                other.read(candidates::referenced);
                                references.readOn(candidates);
                            });
            if (candidates.orphans() > 0) {
                target.store()
                        .list(
                                TimeOrderedIds.instantOf(candidates.first()),
                                TimeOrderedIds.instantOf(candidates.last()).plusMillis(1),
                                this::delete);
            }
            candidates.clear();
        }

        /** The second look. */
        private void delete(List<ClaimStore.Stored> page) {
            List<UUID> batch = new ArrayList<>();
            for (ClaimStore.Stored stored : page) {
                if (candidates.isOrphan(stored.id()) && stored.lastModified().isBefore(cutoff)) {
                    batch.add(stored.id());
                    orphans++;
                    orphanBytes += stored.bytes();
                    if (batch.size() == BATCH) {
                        delete0(batch);
                    }
                }
            }
            delete0(batch);
        }

        private void delete0(List<UUID> batch) {
            if (!dryRun && !batch.isEmpty()) {
                deleted += target.store().deleteIds(List.copyOf(batch));
            }
            batch.clear();
        }

        /** Topics are made before payloads are stored: without any, something hides them. */
        private void requireTopics() {
            boolean any =
                    log.topics(target.topicPrefix()).stream().anyMatch(target.topics()::matches);
            if (!any) {
                throw refused(
                        "it has claims, and none of its topics can be seen; may this gateway"
                                + " describe them? If they were deleted, delete the namespace with"
                                + " its data");
            }
        }

        SweepReport report(long aborted) {
            return new SweepReport(
                    looked, orphans, orphanBytes, deleted, aborted, references.records());
        }
    }
}
