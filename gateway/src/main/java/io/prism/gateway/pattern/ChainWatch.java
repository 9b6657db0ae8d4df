package io.prism.gateway.pattern;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.trace.Traces;

/**
 * How a namespace's chain is observed.
 *
 * @param meters what its patterns take is measured there
 * @param spans whether each pattern has a span of its own where a message is traced
 */
public record ChainWatch(MeterRegistry meters, Traces traces, boolean spans) {}
