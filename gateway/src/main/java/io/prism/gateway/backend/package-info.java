/**
 * The log a namespace stands on. In: {@link io.prism.gateway.backend.LogRecord}s. Out: their
 * durable places, and readers that follow topics, alone or as members of a group.
 *
 * <p>{@code LogBackend} is the SPI; {@code LogBackendContract} in the tests is its contract kit,
 * {@code MemoryLog} the reference, {@code backend.kafka} the real one.
 */
@NullMarked
package io.prism.gateway.backend;

import org.jspecify.annotations.NullMarked;
