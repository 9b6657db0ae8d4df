package io.prism.bench;

import io.prism.bench.report.Budget;
import io.prism.bench.report.Metric;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A path through Prism and the plain system that does the same without it. Knows its settings;
 * holds no connection and no state.
 */
sealed interface Scenario
        permits PublishStream,
                PublishUnary,
                Claims,
                Chunked,
                Deliver,
                Queue,
                Rehydrate,
                Outbox,
                CacheHit,
                CacheMiss,
                Invalidation {

    /** As given on the command line and in the markers of the Markdown file. */
    String name();

    /** In a few words. */
    String measures();

    /** What stands beside Prism. */
    String baselineName();

    /** What a reader must know to repeat it. */
    Map<String, String> settings();

    /** What every round yields, in the order in which it is shown. */
    List<Line> lines();

    /** Whether the baseline is object storage. */
    boolean needsS3();

    /** Whether there must be a database with Kafka Connect beside it. */
    default boolean needsDatabase() {
        return false;
    }

    /** Whether the baseline is the Redis that Prism caches in. */
    default boolean needsRedis() {
        return false;
    }

    Side prism(Workspace workspace);

    Side baseline(Workspace workspace);

    /** A metric and what it must reach. */
    record Line(Metric metric, Optional<Budget> budget) {}

    /**
     * Runs one round of load and says what came out, one value for each of the scenario's lines.
     */
    @FunctionalInterface
    interface Side {
        Map<Metric, Double> run(Round round) throws Exception;
    }

    /** All scenarios, in the order in which they run. */
    static List<Scenario> all(Settings settings) {
        return List.of(
                new PublishStream(settings),
                new PublishUnary(settings),
                new Claims(settings),
                new Chunked(settings),
                new Deliver(settings),
                new Queue(settings),
                new Rehydrate(settings),
                new Outbox(settings),
                new CacheHit(settings),
                new CacheMiss(settings),
                new Invalidation(settings));
    }
}
