package io.prism.gateway.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.prism.core.claim.Claim;
import io.prism.core.record.RecordFormat;
import io.prism.gateway.outbox.table.Committed;
import io.prism.gateway.outbox.table.NewRow;
import io.prism.gateway.outbox.table.Outbox;
import io.prism.gateway.outbox.table.RowIds;
import io.prism.gateway.pattern.Incoming;
import io.prism.gateway.pattern.MessageKeeper;
import io.prism.gateway.pattern.Outgoing;
import io.prism.gateway.pattern.Pattern;
import io.prism.gateway.pattern.PatternMetadata;
import io.prism.gateway.pattern.Payload;
import io.prism.gateway.pattern.PublishStage;
import io.prism.gateway.pattern.Receipt;
import io.prism.gateway.pattern.TransactionJoiner;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Ends the chain in a database's table. */
final class OutboxPattern implements Pattern, MessageKeeper, TransactionJoiner {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String namespace;
    private final Outbox outbox;

    OutboxPattern(String namespace, Outbox outbox) {
        this.namespace = namespace;
        this.outbox = outbox;
    }

    @Override
    public CompletableFuture<Receipt> publish(Outgoing message, PublishStage next) {
        // A message that is part of a transaction has an end already.
        return next.publish(message.end().isPresent() ? message : message.withEnd(this::insert));
    }

    @Override
    public Receipt join(Connection connection, Outgoing message, @Nullable String eventType)
            throws SQLException {
        return receipt(message, outbox.join(connection, row(message).withEventType(eventType)));
    }

    @Override
    public void joined(int messages) {
        outbox.joined(messages);
    }

    private static Receipt receipt(Outgoing message, Committed row) {
        return new Receipt(
                message.messageId(),
                new Receipt.InDatabase(row.position()),
                row.at(),
                row.duplicate());
    }

    /**
     * Its span covers the wait for the batch that the row is part of, and the batch's one round
     * trip, which begins, inserts and commits.
     */
    private CompletableFuture<Receipt> insert(Outgoing message) {
        return message.trace()
                .callOut("db.insert_outbox")
                .during(() -> outbox.write(row(message)))
                .thenApply(row -> receipt(message, row));
    }

    private NewRow row(Outgoing message) {
        return switch (message.payload()) {
            case Payload.Inline(ByteString bytes) -> row(message, bytes, null);
            case Payload.Claimed(Claim claim) -> row(message, ByteString.EMPTY, claim);
            case Payload.Chunked chunked ->
                    throw new IllegalStateException("the end of the chain takes whole payloads");
        };
    }

    private NewRow row(Outgoing message, ByteString payload, @Nullable Claim claim) {
        Map<String, String> metadata = new TreeMap<>(message.metadata());
        // The row has a column of its own for it, and the record one header.
        String traceparent = metadata.remove(RecordFormat.TRACEPARENT);
        String id = message.messageId();
        return new NewRow(
                message.idGiven() ? RowIds.of(namespace, message.topic(), id) : UUID.fromString(id),
                message.idGiven(),
                namespace,
                message.topic(),
                message.key(),
                payload,
                json(metadata),
                message.idGiven() ? id : null,
                traceparent,
                claim);
    }

    private static String json(Map<String, String> metadata) {
        try {
            return metadata.isEmpty() ? "{}" : JSON.writeValueAsString(metadata);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public CompletableFuture<Incoming> consume(Incoming message) {
        return CompletableFuture.completedFuture(message);
    }

    @Override
    public PatternMetadata metadata() {
        return OutboxProvider.METADATA;
    }

    @Override
    public void close() {
        outbox.close();
    }
}
