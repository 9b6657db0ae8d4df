/**
 * Topics of whole payloads. In: the topics of namespaces that ask for {@code rehydrate}. Out: their
 * derived topics, partition for partition and in order, with claims replaced by the payloads they
 * stand for.
 *
 * <p>{@link io.prism.topologies.rehydration.RouteTable} says which topics, {@code
 * ReadAheadConsumer} reads them and lets a record through once its payload is there, and {@code
 * RehydrationTopology} turns it into its whole self; {@link
 * io.prism.topologies.rehydration.Rehydration} is the whole. Nothing is held that was committed, so
 * there is no state to restore (docs/decisions/010).
 */
@NullMarked
package io.prism.topologies.rehydration;

import org.jspecify.annotations.NullMarked;
