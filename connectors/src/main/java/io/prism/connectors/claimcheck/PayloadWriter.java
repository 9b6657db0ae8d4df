package io.prism.connectors.claimcheck;

import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimStore;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Stores payloads, making the bucket before the first. Thread-safe; blocks. */
final class PayloadWriter {
    private final ClaimStore store;
    private volatile boolean ready;

    PayloadWriter(ClaimStore store) {
        this.store = store;
    }

    /**
     * Returns when the payload is durable.
     *
     * @param topic for messages
     */
    Claim store(String topic, ByteBuffer payload) {
        try {
            if (!ready) {
                store.ensureReady();
                ready = true;
            }
            return await(store.store(List.of(payload)));
        } catch (PrismException failure) {
            throw new PrismException(
                            failure.code(),
                            "the value of a record for topic "
                                    + topic
                                    + " ("
                                    + payload.remaining()
                                    + " bytes) cannot be stored: "
                                    + failure.getMessage(),
                            failure)
                    .with("topic", topic);
        }
    }

    private static Claim await(CompletableFuture<Claim> claim) {
        try {
            return claim.get();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof PrismException ours) {
                throw ours;
            }
            throw new PrismException(
                    ErrorCode.INTERNAL, "storing it failed: " + failure.getCause(), failure);
        } catch (InterruptedException interrupted) {
            claim.cancel(true);
            Thread.currentThread().interrupt();
            throw new PrismException(
                    ErrorCode.CANCELLED, "the thread was interrupted", interrupted);
        }
    }
}
