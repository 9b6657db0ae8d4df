@NullMarked
package io.prism.standalone.metrics;

import org.jspecify.annotations.NullMarked;
