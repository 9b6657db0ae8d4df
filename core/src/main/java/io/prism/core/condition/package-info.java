/**
 * Filters and sorts as people write them. In: texts such as {@code total>=10} or {@code -placed_at}
 * from a command line or a namespace's document. Out: the messages ReaderService takes.
 */
@NullMarked
package io.prism.core.condition;

import org.jspecify.annotations.NullMarked;
