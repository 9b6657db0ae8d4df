/**
 * Time-ordered identifiers. In: a clock and a source of randomness. Out: UUIDv7 values that sort by
 * creation time.
 */
@NullMarked
package io.prism.core.id;

import org.jspecify.annotations.NullMarked;
