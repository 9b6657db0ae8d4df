/**
 * What all processes measure, on one page. In: the gateway's metrics and the streams process's.
 * Out: {@code docs/metrics.md}.
 */
@NullMarked
package io.prism.standalone.metrics;

import org.jspecify.annotations.NullMarked;
