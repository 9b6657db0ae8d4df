package io.prism.topologies.rehydration;

import org.jspecify.annotations.Nullable;

/**
 * A value on its way into the derived topic, or into the claims' events.
 *
 * @param partition the same as in the source
 */
record Emitted(byte @Nullable [] value, int partition) {
    /** Of an event about a claim, which goes where its key says. */
    static final int ANY = -1;
}
