/**
 * How this process uses Kafka: the settings of every client in one place, a topology that is kept
 * running, and the shared tables with the instant up to which they are known.
 */
@NullMarked
package io.prism.streams.kafka;

import org.jspecify.annotations.NullMarked;
