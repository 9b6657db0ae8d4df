/**
 * {@code prism bench}: measures a running Prism beside the raw systems under it, in the same run.
 *
 * <p>{@link io.prism.bench.BenchCommand} (options) → {@code BenchRun} (scenarios, one after the
 * other) → {@code Rounds} (Prism and baseline by turns) → {@link io.prism.bench.load} (the load) →
 * {@link io.prism.bench.report} (what came of it). Everything a run makes is under names that begin
 * with {@code bench-}, and is deleted at its end.
 */
@NullMarked
package io.prism.bench;

import org.jspecify.annotations.NullMarked;
