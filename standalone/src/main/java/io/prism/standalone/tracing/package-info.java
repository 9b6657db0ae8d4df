/**
 * Where a process's spans go. In: the standard {@code OTEL_*} variables. Out: spans in batches to
 * an OpenTelemetry collector; without an endpoint nothing, and OpenTelemetry's SDK is not loaded.
 */
@NullMarked
package io.prism.standalone.tracing;

import org.jspecify.annotations.NullMarked;
