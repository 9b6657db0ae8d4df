/**
 * Payloads in object storage. In: bytes and the namespace's storage settings. Out: a {@link
 * io.prism.core.claim.Claim}, and from a claim the same bytes again, checked against their digest.
 *
 * <p>Objects are named {@code <prefix><UUIDv7>}, so expiry and orphan sweeps list in time order and
 * never scan.
 */
@NullMarked
package io.prism.core.claim;

import org.jspecify.annotations.NullMarked;
