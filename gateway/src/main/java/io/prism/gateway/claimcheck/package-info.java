/**
 * The claim-check pattern. Publish: a payload over the threshold goes to object storage and the
 * record carries a claim. Consume: the claim becomes the same payload again, or stays a reference
 * when it is too large to inline.
 */
@NullMarked
package io.prism.gateway.claimcheck;

import org.jspecify.annotations.NullMarked;
