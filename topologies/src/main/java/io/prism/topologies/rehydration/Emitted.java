package io.prism.topologies.rehydration;

import org.jspecify.annotations.Nullable;

/**
 * A value on its way into the derived topic.
 *
 * @param partition the same as in the source
 */
record Emitted(byte @Nullable [] value, int partition) {}
