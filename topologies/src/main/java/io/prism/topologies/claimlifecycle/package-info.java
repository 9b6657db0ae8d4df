/**
 * When a claim may be deleted. In: {@link io.prism.core.claim.lifecycle.ClaimEvent}s, and an {@link
 * io.prism.topologies.claimlifecycle.Audience}: who must acknowledge what. Out: {@link
 * io.prism.core.claim.lifecycle.ClaimRelease}s, which a reaper acts on.
 *
 * <p>A claim is released when at least one consumer has acknowledged it, every durable subscription
 * that was there when it was published and still is has, too, and nobody holds it; or at its ttl.
 * State is kept only for claims at rest.
 *
 * <p>The audience is handed in, and is not a global store: a global store says what it has read,
 * not up to when that is everything, and a claim must not be released before a subscription that
 * was made just before it was published is known.
 */
@NullMarked
package io.prism.topologies.claimlifecycle;

import org.jspecify.annotations.NullMarked;
