package io.prism.gateway.transact;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.error.Errors;
import io.prism.gateway.pattern.Outgoing;
import io.prism.gateway.pattern.Payload;
import io.prism.gateway.pattern.PublishLane;
import io.prism.gateway.pattern.Receipt;
import io.prism.gateway.pattern.TransactionJoiner;
import io.prism.v1.MessageWrite;
import io.prism.v1.PublishRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way into a transaction. It has passed the namespace's chain, whose end it waits
 * at: a large payload is stored by then, and deleted again if the transaction does not commit.
 */
final class MessagePart {
    private static final int LONGEST_EVENT_TYPE = 256;

    private final TransactionJoiner joiner;
    private final @Nullable String eventType;
    private final CompletableFuture<Receipt> outcome;
    private @Nullable Outgoing message;
    private @Nullable Receipt receipt;

    private MessagePart(
            TransactionJoiner joiner,
            @Nullable String eventType,
            CompletableFuture<Receipt> outcome,
            Outgoing message) {
        this.joiner = joiner;
        this.eventType = eventType;
        this.outcome = outcome;
        this.message = message;
    }

    /** Takes a message through the chain; blocks until it is at the end. */
    static MessagePart prepare(TransactSpace space, MessageWrite write, Bounds bounds) {
        TransactionJoiner joiner = space.joiner();
        String eventType = write.getEventType();
        if (eventType.length() > LONGEST_EVENT_TYPE) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "message.event_type",
                    "event_type has more than " + LONGEST_EVENT_TYPE + " characters");
        }
        CompletableFuture<Outgoing> atEnd = new CompletableFuture<>();
        CompletableFuture<Receipt> outcome = new CompletableFuture<>();
        var unused =
                space.namespace()
                        .publisher()
                        .publish(
                                request(write),
                                new Payload.Inline(write.getPayload()),
                                PublishLane.alone(),
                                space.trace(),
                                message -> {
                                    atEnd.complete(message);
                                    return outcome;
                                })
                        .whenComplete(
                                (done, failure) -> {
                                    if (failure != null) {
                                        atEnd.completeExceptionally(failure);
                                    }
                                });
        try {
            long left = bounds.left("storing a payload").toNanos();
            Outgoing message = atEnd.get(left, TimeUnit.NANOSECONDS);
            return new MessagePart(
                    joiner, eventType.isEmpty() ? null : eventType, outcome, message);
        } catch (ExecutionException e) {
            throw Errors.unwrap(e) instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(e);
        } catch (TimeoutException e) {
            throw given(outcome, bounds.late("storing a payload"));
        } catch (PrismException late) {
            throw given(outcome, late);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw given(outcome, new PrismException(ErrorCode.CANCELLED, "interrupted", e));
        }
    }

    private static PublishRequest request(MessageWrite write) {
        return PublishRequest.newBuilder()
                .setTopic(write.getTopic())
                .putAllMetadata(write.getMetadataMap())
                .setKey(write.getKey())
                .build();
    }

    private static PrismException given(CompletableFuture<Receipt> outcome, PrismException why) {
        outcome.completeExceptionally(why);
        return why;
    }

    /** Inserts it; returns what holds once the transaction is committed. */
    Receipt join(Connection connection) throws SQLException {
        Outgoing waiting = message;
        if (waiting == null) {
            throw new IllegalStateException("a message is inserted once");
        }
        Receipt made =
                waiting.trace()
                        .callOut("db.insert_outbox")
                        .doing(() -> joiner.join(connection, waiting, eventType));
        message = null; // its payload is needed no more
        receipt = made;
        return made;
    }

    void committed() {
        Receipt made = receipt;
        if (made == null) {
            throw new IllegalStateException("the message was not inserted");
        }
        joiner.joined(1);
        outcome.complete(made);
    }

    void failed(Throwable why) {
        outcome.completeExceptionally(why);
    }
}
