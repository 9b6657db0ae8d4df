package io.prism.topologies.outboxrelay;

import org.jspecify.annotations.Nullable;

/**
 * A value on its way out.
 *
 * @param topic its name in Kafka
 */
record Emitted(String topic, byte @Nullable [] value) {}
