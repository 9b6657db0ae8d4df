/**
 * Makes load and measures what comes back: against Prism ({@code *Load} over gRPC) and against
 * Kafka and S3 directly, in the same shapes. A load knows nothing of rounds, budgets or reports; it
 * counts into a {@link io.prism.bench.load.Meter}.
 *
 * <p>The generator shares the machine with what it measures, so messages are built once and used
 * again, and callbacks run on the transport's own threads.
 */
@NullMarked
package io.prism.bench.load;

import org.jspecify.annotations.NullMarked;
