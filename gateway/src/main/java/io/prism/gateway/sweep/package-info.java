/**
 * The sweeper: finds payloads that were uploaded and never published, and deletes them. In: a
 * namespace's objects and its topics. Out: a {@link io.prism.gateway.sweep.SweepReport}, and fewer
 * objects.
 *
 * <p>{@code SweepTarget} (where to look) → {@code OrphanSweep} (one run: list, read the log, look
 * again, delete) ← {@code PeriodicSweep} (which part of it is due). What a crash or a doubt leaves
 * is an object too many, never one too few.
 */
@NullMarked
package io.prism.gateway.sweep;

import org.jspecify.annotations.NullMarked;
