package io.prism.core.claim.lifecycle;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that happened to a claim of a namespace with {@code cleanup.strategy: on_consume}. Each
 * may be written more than once: an event that repeats an earlier one changes nothing.
 */
public sealed interface ClaimEvent {
    /**
     * Who acknowledges what derived topics have got, as a subscription. A claim waits for it where
     * its namespace rehydrates; it alone does not make a claim consumed. No subscription of a
     * user's can have such a name.
     */
    String REHYDRATION = "@rehydration";

    ClaimKey claim();

    /**
     * A record that carries the claim is about to be appended. Durable before the record is, or
     * with it in one transaction: a kill in between leaves an announced claim without a record,
     * never a record with an unknown claim. A second one (a redrive) clears who has acknowledged.
     *
     * @param objectKey the object's full key in the namespace's bucket
     * @param topic its name inside the namespace
     * @param at durable subscriptions created later are not waited for
     */
    record Published(ClaimKey claim, String objectKey, String topic, Instant at)
            implements ClaimEvent {}

    /**
     * A subscriber is done with the message. Durable before the position that covers it is
     * committed.
     *
     * @param subscription the durable one's name; empty for an ephemeral consumer
     * @param keepUntil the payload may still be fetched up to then although the message was
     *     acknowledged, as when it was delivered as a reference and acknowledged by delivery
     */
    record Acknowledged(ClaimKey claim, String subscription, Optional<Instant> keepUntil)
            implements ClaimEvent {}

    /**
     * Something else than a subscription needs the claim, such as a dead-letter topic: it is not
     * released by consumption until {@link Unheld}. Its ttl still bounds it.
     *
     * @param by who; each holder lets go for itself
     */
    record Held(ClaimKey claim, String by) implements ClaimEvent {}

    /** The holder needs the claim no longer. */
    record Unheld(ClaimKey claim, String by) implements ClaimEvent {}

    /** The object was deleted by somebody else than the reaper; there is nothing left to follow. */
    record Deleted(ClaimKey claim) implements ClaimEvent {}
}
