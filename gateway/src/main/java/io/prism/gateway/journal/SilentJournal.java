package io.prism.gateway.journal;

import io.prism.core.claim.Claim;
import io.prism.core.error.PrismException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Nobody needs to be told. */
final class SilentJournal implements ClaimJournal {
    @Override
    public boolean listens() {
        return false;
    }

    @Override
    public CompletableFuture<Void> announce(Claim claim, String topic) {
        return done();
    }

    @Override
    public CompletableFuture<Void> acknowledged(
            UUID claim, String subscription, Optional<Instant> keepUntil) {
        return done();
    }

    @Override
    public CompletableFuture<Void> held(UUID claim, String by) {
        return done();
    }

    @Override
    public CompletableFuture<Void> unheld(UUID claim, String by) {
        return done();
    }

    @Override
    public CompletableFuture<Void> deleted(UUID claim) {
        return done();
    }

    @Override
    public boolean consumed(
            UUID claim, String subscription, Instant publishedAt, PrismException failure) {
        return false;
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.allOf();
    }
}
