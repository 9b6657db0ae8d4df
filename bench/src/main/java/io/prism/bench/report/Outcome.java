package io.prism.bench.report;

import java.util.List;
import java.util.Map;

/**
 * What came of one scenario.
 *
 * @param baselineName what stands in the baseline column
 * @param settings in the order in which they are shown
 * @param prism counts over all rounds, the warm-up included
 * @param baseline counts over all rounds, the warm-up included
 * @param problems why the scenario failed; empty means that every publish was acknowledged and
 *     every acknowledged message was found
 */
public record Outcome(
        String scenario,
        String measures,
        String baselineName,
        Map<String, String> settings,
        List<Row> rows,
        Counts prism,
        Counts baseline,
        List<String> problems) {

    /**
     * @param acknowledged operations that succeeded, publishes and reads
     * @param failed operations that did not
     */
    public record Counts(long acknowledged, long failed) {
        public static final Counts NONE = new Counts(0, 0);

        public Counts plus(long moreAcknowledged, long moreFailed) {
            return new Counts(acknowledged + moreAcknowledged, failed + moreFailed);
        }
    }

    public boolean failed() {
        return !problems.isEmpty();
    }

    /** Whether a budget was missed; a scenario that failed has met none. */
    public boolean missedBudget() {
        return failed() || rows.stream().anyMatch(row -> !row.met().orElse(true));
    }
}
