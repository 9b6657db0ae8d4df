/**
 * The names of everything the process measures: one home for names, labels and meaning;
 * docs/metrics.md is made of it.
 */
@NullMarked
package io.prism.streams.metrics;

import org.jspecify.annotations.NullMarked;
