package io.prism.gateway.journal;

import io.prism.core.claim.Claim;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A journal that keeps what it is told, and fails as often as asked. */
public final class RecordingJournal implements ClaimJournal {
    public final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();

    /** The next calls fail with BACKEND_UNAVAILABLE. */
    public void failNext(int calls) {
        failures.set(calls);
    }

    private CompletableFuture<Void> tell(String what) {
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return CompletableFuture.failedFuture(
                    new PrismException(ErrorCode.BACKEND_UNAVAILABLE, "not now"));
        }
        told.add(what);
        return CompletableFuture.allOf();
    }

    @Override
    public boolean listens() {
        return true;
    }

    @Override
    public CompletableFuture<Void> announce(Claim claim, String topic) {
        return tell("announced " + claim.id() + " in " + topic);
    }

    @Override
    public CompletableFuture<Void> acknowledged(
            UUID claim, String subscription, Optional<Instant> keepUntil) {
        return tell(
                "acknowledged "
                        + claim
                        + " by "
                        + subscription
                        + keepUntil.map(t -> " until " + t).orElse(""));
    }

    @Override
    public CompletableFuture<Void> held(UUID claim, String by) {
        return tell("held " + claim + " by " + by);
    }

    @Override
    public CompletableFuture<Void> unheld(UUID claim, String by) {
        return tell("unheld " + claim + " by " + by);
    }

    @Override
    public boolean consumed(
            UUID claim, String subscription, Instant publishedAt, PrismException failure) {
        return false;
    }

    @Override
    public CompletableFuture<Void> deleted(UUID claim) {
        return tell("deleted " + claim);
    }
}
