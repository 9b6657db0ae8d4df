/**
 * One exception type with stable codes. In: what went wrong, where, and the remedy. Out: {@link
 * io.prism.core.error.PrismException}, which every process maps to its own protocol in one place.
 */
@NullMarked
package io.prism.core.error;

import org.jspecify.annotations.NullMarked;
