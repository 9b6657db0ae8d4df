package io.prism.gateway.journal;

import io.prism.core.claim.Claim;
import io.prism.core.error.PrismException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * One namespace's claims, told to whoever deletes them. Each method's future completes when the
 * event is durable, and fails with a PrismException (BACKEND_UNAVAILABLE: try again) when it is not
 * known to be; telling twice is allowed. A call may block briefly, as {@code LogBackend.append}
 * does, so it is never made under a lock. Thread-safe.
 */
public interface ClaimJournal {
    /** Of a namespace whose claims are not deleted on consumption. */
    ClaimJournal NONE = new SilentJournal();

    /** False if nobody needs to be told: then all futures are complete already. */
    boolean listens();

    /**
     * A record that carries the claim is about to be appended; it must not be before this is
     * durable. Also with a redrive, which makes all subscriptions wait for it again.
     *
     * @param topic its name inside the namespace
     */
    CompletableFuture<Void> announce(Claim claim, String topic);

    /**
     * A subscriber is done with the message; the position that covers it must not be committed
     * before this is durable.
     *
     * @param subscription a durable one's name; empty for an ephemeral consumer
     * @param keepUntil up to when the payload may still be fetched although it is acknowledged
     */
    CompletableFuture<Void> acknowledged(
            UUID claim, String subscription, Optional<Instant> keepUntil);

    /**
     * The claim is needed by something that is not a subscription; it must be durable before what
     * would release it (the acknowledgement of the message that is now a dead letter).
     *
     * @param by the holder, such as the dead-letter topic's name inside the namespace
     */
    CompletableFuture<Void> held(UUID claim, String by);

    /** The holder needs the claim no longer. After a redrive: announce first. */
    CompletableFuture<Void> unheld(UUID claim, String by);

    /**
     * Whether the payload is gone because everybody who had to acknowledge it had, and this
     * subscription was one of them, whatever its position says. False also when that cannot be
     * found out now. Blocks.
     *
     * @param publishedAt of the record that carries it
     * @param failure why the payload cannot be had
     */
    boolean consumed(UUID claim, String subscription, Instant publishedAt, PrismException failure);

    /** The object was deleted by the gateway itself: there is nothing to follow any more. */
    CompletableFuture<Void> deleted(UUID claim);
}
