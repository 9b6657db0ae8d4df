@NullMarked
package io.prism.streams.metrics;

import org.jspecify.annotations.NullMarked;
