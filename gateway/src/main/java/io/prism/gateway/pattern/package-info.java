/**
 * The chain of patterns. In: an {@link io.prism.gateway.pattern.Outgoing} message, or a record read
 * from the log. Out: a receipt once the message is durable, or the message as its publisher gave
 * it.
 *
 * <p>A pattern wraps what comes after it (design decision 1): it is handed the next stage, and may
 * act before, after or instead of it. Consume runs the same chain in reverse. Patterns of one's own
 * implement {@link io.prism.gateway.pattern.PatternProvider} and are found through {@code
 * ServiceLoader}.
 */
@NullMarked
package io.prism.gateway.pattern;

import org.jspecify.annotations.NullMarked;
