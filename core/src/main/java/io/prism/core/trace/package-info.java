/**
 * Spans. In: the W3C {@code traceparent} of a call, a message or a record, and what happens. Out:
 * spans, to the OpenTelemetry that the process was given; and the {@code traceparent} with which
 * whoever comes next continues.
 *
 * <p>Only what is sampled has spans: everything else costs a comparison. A span holds names and
 * ids, never a payload.
 */
@NullMarked
package io.prism.core.trace;

import org.jspecify.annotations.NullMarked;
