/**
 * The claim check for Kafka Connect. {@link io.prism.connectors.claimcheck.ClaimCheckStore}: a
 * large value in, a claim out. {@link io.prism.connectors.claimcheck.ClaimCheckRestore}: a claim
 * in, the same value out. The records between them are those the gateway writes and reads.
 */
@NullMarked
package io.prism.connectors.claimcheck;

import org.jspecify.annotations.NullMarked;
