/**
 * The names of everything the gateway measures: one home for names, labels and meaning;
 * docs/metrics.md is made of it.
 */
@NullMarked
package io.prism.gateway.metrics;

import org.jspecify.annotations.NullMarked;
