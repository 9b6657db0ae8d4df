/**
 * What happens to a claim between its upload and its deletion, as records of two internal topics.
 * In: what gateways know ({@link io.prism.core.claim.lifecycle.ClaimEvent}: published,
 * acknowledged, held). Out: what may be deleted ({@link
 * io.prism.core.claim.lifecycle.ClaimRelease}). Both are keyed by the claim, so that everything
 * about one claim is in order.
 */
@NullMarked
package io.prism.core.claim.lifecycle;

import org.jspecify.annotations.NullMarked;
