@NullMarked
package io.prism.standalone.tracing;

import org.jspecify.annotations.NullMarked;
