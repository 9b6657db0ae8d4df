/**
 * Makes load and measures what comes back: against Prism ({@code *Load} over gRPC) and against
 * Kafka, S3, PostgreSQL and Redis directly, in the same shapes. A load knows nothing of rounds,
 * budgets or reports; it counts into a {@link io.prism.bench.load.Meter}.
 *
 * <p>Reads are one {@link io.prism.bench.load.CallLoad} whatever is called: {@code ReaderGets},
 * {@code RedisGets}, {@code SqlGets}. Changes are one {@link io.prism.bench.load.ChangeLoad},
 * whoever sees them: {@code FreshReads} through Prism, {@code ChangeEvents} on a topic.
 *
 * <p>The generator shares the machine with what it measures, so messages are built once and used
 * again, and callbacks run on the transport's own threads.
 */
@NullMarked
package io.prism.bench.load;

import org.jspecify.annotations.NullMarked;
