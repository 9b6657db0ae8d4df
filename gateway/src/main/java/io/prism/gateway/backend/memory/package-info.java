/**
 * The reference log: in memory, for tests; the same contract as Kafka's, without the durability.
 */
@NullMarked
package io.prism.gateway.backend.memory;

import org.jspecify.annotations.NullMarked;
