/** The names of everything the process measures: one home for names, labels and meaning. */
@NullMarked
package io.prism.streams.metrics;

import org.jspecify.annotations.NullMarked;
