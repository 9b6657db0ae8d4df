/**
 * What the gateway tells about its claims. In: a claim is about to be published, was acknowledged,
 * is held by dead letters. Out: {@link io.prism.core.claim.lifecycle.ClaimEvent}s in an internal
 * topic, from which the claim lifecycle concludes what may be deleted. A namespace that does not
 * delete on consumption has a journal that writes nothing and costs nothing.
 */
@NullMarked
package io.prism.gateway.journal;

import org.jspecify.annotations.NullMarked;
