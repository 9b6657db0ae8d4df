/**
 * Captures in their databases. In: what namespaces capture. Out: publication, slot and replica
 * identity made or removed, how far they are read, snapshots asked for.
 */
@NullMarked
package io.prism.gateway.cdc.capture;

import org.jspecify.annotations.NullMarked;
