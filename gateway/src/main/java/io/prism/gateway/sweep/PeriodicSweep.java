package io.prism.gateway.sweep;

import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.StartAt;
import io.prism.gateway.sweep.OrphanSweep.Outcome;
import io.prism.gateway.sweep.OrphanSweep.Window;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sweeps a namespace again and again without reading its whole log each time: a run looks at the
 * claims made since the run before, and reads what was appended since they were made. The first run
 * and every {@value #FULL_EVERY}th look at everything, which also finds what took long to upload.
 * Used by one thread at a time.
 */
public final class PeriodicSweep {
    static final int FULL_EVERY = 24;

    /** Claims whose upload took up to this long are seen by the runs in between. */
    private static final Duration LONG_UPLOAD = Duration.ofHours(2);

    /** How far the clocks of gateways may be apart. */
    private static final Duration CLOCKS_APART = Duration.ofMinutes(10);

    private final OrphanSweep sweep;
    private final Clock clock;
    private final Duration interval;
    private final Duration grace;
    private final ArrayDeque<Mark> marks = new ArrayDeque<>();
    private @Nullable Instant lastCutoff;
    private int runs;
    private Instant due;

    /** Records appended after the time are at or after the offsets. */
    private record Mark(Instant at, Map<LogPartition, Long> next) {}

    /** The first run is due one interval from now. */
    public PeriodicSweep(OrphanSweep sweep, Clock clock, Duration interval, Duration grace) {
        this.sweep = sweep;
        this.clock = clock;
        this.interval = interval;
        this.grace = grace;
        this.due = clock.instant().plus(interval);
    }

    public boolean isDue() {
        return !clock.instant().isBefore(due);
    }

    /**
     * Runs once and puts the next run one interval off, also when this one fails: what it did not
     * see, the next one looks at. Blocks.
     */
    public SweepReport run() {
        due = clock.instant().plus(interval);
        Outcome outcome = sweep.run(window(), grace, false);
        runs++;
        lastCutoff = outcome.cutoff();
        if (!outcome.next().isEmpty()) {
            marks.addLast(new Mark(clock.instant(), outcome.next()));
        }
        return outcome.report();
    }

    Window window() {
        Instant last = lastCutoff;
        if (last == null || runs % FULL_EVERY == 0) {
            return Window.ALL;
        }
        Instant from = last.minus(LONG_UPLOAD);
        Instant safe = from.minus(CLOCKS_APART);
        StartAt start = new StartAt.Earliest();
        for (Iterator<Mark> old = marks.iterator(); old.hasNext(); ) {
            Mark mark = old.next();
            if (mark.at().isAfter(safe)) {
                break;
            }
            start = new StartAt.AtOffsets(mark.next());
        }
        while (marks.size() > FULL_EVERY) {
            marks.removeFirst();
        }
        return new Window(from, start);
    }
}
