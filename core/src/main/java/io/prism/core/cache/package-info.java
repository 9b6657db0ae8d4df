/**
 * The cache on Redis: what every process must agree on so that no stale row is ever stored. In:
 * keys made of templates, values with the point of the database they were read at, changes with the
 * point they happened at. Out: hits, leases for those who may fill, and fences that refuse what is
 * older than a change.
 *
 * <p>See docs/cache.md for the rules and docs/decisions for the argument.
 */
@NullMarked
package io.prism.core.cache;

import org.jspecify.annotations.NullMarked;
