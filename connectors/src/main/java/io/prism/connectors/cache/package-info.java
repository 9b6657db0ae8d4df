/**
 * The cache invalidator: a Connect sink. In: a namespace's topic of changes. Out: keys that Redis
 * has no longer, and fences that refuse what was read before the change. Offsets are committed only
 * after Redis has confirmed.
 */
@NullMarked
package io.prism.connectors.cache;

import org.jspecify.annotations.NullMarked;
