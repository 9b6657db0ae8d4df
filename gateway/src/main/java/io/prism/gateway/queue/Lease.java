package io.prism.gateway.queue;

import io.prism.core.claim.Claim;
import io.prism.gateway.queue.PartitionWork.Held;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** A message that a stream holds. The times are guarded by the hub's lock. */
final class Lease {
    final LeaseId id;
    final Held held;
    final QueueStream stream;
    final Optional<Claim> claim;

    /** How often the message was delivered, this time included. */
    final int deliveries;

    Instant until;

    Lease(
            LeaseId id,
            Held held,
            QueueStream stream,
            Optional<Claim> claim,
            int deliveries,
            Instant until) {
        this.id = id;
        this.held = held;
        this.stream = stream;
        this.claim = claim;
        this.deliveries = deliveries;
        this.until = until;
    }

    Optional<UUID> claimId() {
        return claim.map(Claim::id);
    }
}
